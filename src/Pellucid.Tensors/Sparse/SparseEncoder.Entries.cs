using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class SparseEncoder
{
    private readonly EntryLists _lists = new();
    private readonly EntryLists.List _all = new();

    /// <summary>All values above a threshold, a row's latents in rising order: ReLU with 0, or what BatchTopK and JumpReLU use once trained.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="threshold">0 or more.</param>
    /// <param name="codes">Filled.</param>
    /// <exception cref="ShapeException">x is not of the width, or the threshold is negative or NaN.</exception>
    public void Above(Tensor x, float threshold, SparseCodes codes)
    {
        RequireInput("Above", x);
        if (!(threshold >= 0))
        {
            throw new ShapeException($"Above: the threshold is {threshold}; 0 or more was expected, as latents are not negative.");
        }

        Collect(x, new EntrySink(_lists, threshold, long.MaxValue / 2));
        _lists.Write(codes, x.Shape[0], AllLatents, 0, 0, Names);
    }

    /// <summary>The largest values of the whole batch, where they are positive, a row's latents in rising order.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="count">How many, 1 or more: k · rows.</param>
    /// <param name="codes">Filled.</param>
    /// <exception cref="ShapeException">x is not of the width, or the count is below 1.</exception>
    public void BatchTopK(Tensor x, long count, SparseCodes codes)
    {
        RequireInput("BatchTopK", x);
        if (count < 1)
        {
            throw new ShapeException($"BatchTopK: the {count} largest of a batch cannot be taken; 1 or more can.");
        }

        Collect(x, new EntrySink(_lists, 0, count));
        BatchCut cut = new(_lists, _all, count);
        (float Threshold, ulong LastTie) result;
        cut.Result = &result;
        Dispatch.Run(cut, 1, 1);
        _lists.Write(codes, x.Shape[0], AllLatents, result.Threshold, result.LastTie, Names);
    }

    private void Collect(Tensor x, in EntrySink sink)
    {
        EncoderCut cut = new(x.Shape[0], Width, Latents);
        _lists.Begin(cut.Parts);
        EncoderKernel<EntrySink>.Run(Arguments(x), cut, sink);
        GC.KeepAlive(x);
        GC.KeepAlive(_source);
    }

    private struct BatchCut(EntryLists lists, EntryLists.List all, long count) : IRangeKernel
    {
        internal (float Threshold, ulong LastTie)* Result { get; set; }

        public readonly void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct =>
            *Result = lists.Cut<TSimd, TVector>(count, all);
    }
}
