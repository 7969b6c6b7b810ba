// TopK: Gao et al. 2024, arXiv:2406.04093.  BatchTopK: Bussmann et al. 2024, arXiv:2412.06410.
//   z = W x + b,   f = ReLU(TopK(z, k)) per row,   or the k·B largest of the batch,   or z where z > θ
// The dense z [rows, latents] is never written: its tiles are filtered while they are in the first cache.
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The encoder of a dictionary, W [latents, width] and b [latents], in the order in which its product reads it, and the ways to choose
/// what is active. Values of 0 and below, and NaN, are never active. Of equal values the lower row, then the lower latent is chosen. What
/// is chosen depends neither on the number of threads nor on the other rows of a batch (but for BatchTopK). Owns native
/// memory that it reuses, so that encoding allocates nothing once warm. Not for use from several threads.
/// </summary>
public sealed unsafe partial class SparseEncoder : IDisposable
{
    private readonly GrowingBuffer _panels = new();
    private readonly GrowingBuffer _bias = new();
    private readonly GrowingBuffer _names = new();
    private readonly GrowingBuffer _gathered = new();
    private readonly GrowingBuffer _work = new();
    private bool _named;
    private bool _packed;
    private float* _weights;
    private Tensor? _source;

    /// <summary>Number of latents that it encodes to; of some when it holds some.</summary>
    public int Latents { get; private set; }

    /// <summary>Number of latents that it held counts among; indices of codes are below it.</summary>
    public int AllLatents { get; private set; }

    /// <summary>Width of what it encodes.</summary>
    public int Width { get; private set; }

    /// <summary>
    /// Whether TopK screens with 16-bit integers first: the same result, bit for bit, in some two thirds of the time. Costs as much memory as half
    /// of the weights. It has no effect where the processor has neither AVX2 nor AVX-512 BW.
    /// </summary>
    public bool Screened { get; init; }

    /// <summary>
    /// Takes a copy of the weights. To be called again whenever they have changed; until then they are also read themselves where
    /// <see cref="Screened"/> is set.
    /// </summary>
    /// <param name="weights">W [latents, width].</param>
    /// <param name="bias">b [latents].</param>
    /// <exception cref="ShapeException">They do not fit each other.</exception>
    public void Pack(Tensor weights, Tensor bias)
    {
        Begin(weights, bias, weights.Shape.Rank == 2 ? weights.Shape[0] : 0, named: false);
        PackBias(bias, []);
        Take(weights, weights.Pointer);
    }

    /// <summary>Takes a copy of some of the latents, as if the others did not exist; codes name them as they are named here.</summary>
    /// <param name="weights">W [latents, width].</param>
    /// <param name="bias">b [latents].</param>
    /// <param name="latents">Which, in rising order.</param>
    /// <exception cref="ShapeException">They do not fit each other.</exception>
    public void Pack(Tensor weights, Tensor bias, ReadOnlySpan<int> latents)
    {
        Begin(weights, bias, latents.Length, named: true);
        for (int index = 0; index < latents.Length; index++)
        {
            if ((uint)latents[index] >= (uint)AllLatents || (index > 0 && latents[index] <= latents[index - 1]))
            {
                throw new ShapeException($"SparseEncoder: latent {latents[index]} at place {index} is not in rising order below {AllLatents}.");
            }
        }

        long gathered = (long)Latents * Width;
        float* rows = (float*)_gathered.Reserve(Math.Max(1, gathered) * sizeof(float));
        int* names = (int*)_names.Reserve(Math.Max(1, Latents) * sizeof(int));
        latents.CopyTo(new Span<int>(names, Latents));
        for (int index = 0; index < Latents; index++)
        {
            weights.Row(latents[index]).CopyTo(new Span<float>(rows + ((nint)index * Width), Width));
        }

        PackBias(bias, latents);
        Take(null, rows);
    }

    /// <summary>The k largest values of each row, where they are positive, largest first.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="k">1 or more; more than there are latents is all of them.</param>
    /// <param name="codes">Filled.</param>
    /// <exception cref="ShapeException">x is not of the width, or k is below 1.</exception>
    public void TopK(Tensor x, int k, SparseCodes codes)
    {
        RequireInput("TopK", x);
        if (k < 1)
        {
            throw new ShapeException($"TopK: the {k} largest of {Latents} latents cannot be taken; 1 or more can.");
        }

        int rows = x.Shape[0];
        k = Math.Min(k, Math.Max(1, Latents));
        EncoderCut cut = new(rows, Width, Latents);
        codes.Reserve(rows, AllLatents, (long)rows * k);
        if (!_screen || cut.Splits > 1 || !TryScreen(x, cut, k, codes))
        {
            TopKSelection.Run(Arguments(x), cut, k, Names, codes, _work);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(_source);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Latents = 0;
        _panels.Dispose();
        _bias.Dispose();
        _names.Dispose();
        _gathered.Dispose();
        _work.Dispose();
        DisposeScreen();
        _lists.Dispose();
        _all.Dispose();
    }

    private int* Names => _named ? (int*)_names.Pointer : null;

    private EncoderArguments Arguments(Tensor x) => new()
    {
        X = x.Pointer,
        Stride = Width,
        Rows = x.Shape[0],
        Width = Width,
        Latents = Latents,
        Panels = Panels(),
        Bias = (float*)_bias.Pointer,
    };

    private void Take(Tensor? source, float* weights)
    {
        (_source, _packed, _screen) = (source, false, false);
        _weights = weights;
        if (Screened && ScreenKernel.IsSupported)
        {
            _screen = PackScreen();
        }

        if (!_screen)
        {
            Panels();
        }

        GC.KeepAlive(source);
    }

    /// <summary>The weights in float32 panels, packed when they are first wanted.</summary>
    private float* Panels()
    {
        float* panels = (float*)_panels.Reserve(Math.Max(1, PackedMatrix.PackedLength(Width, Latents)) * sizeof(float));
        if (!_packed)
        {
            PanelPacking.Run(_weights, 1, Width, PanelRange.All(Width, Latents), (byte*)panels, DType.F32);
            _packed = true;
        }

        return panels;
    }

    private void Begin(Tensor weights, Tensor bias, int latents, bool named)
    {
        if (weights.Shape.Rank != 2 || bias.Count != weights.Shape[0] || !IsPlain(weights) || !IsPlain(bias))
        {
            throw new ShapeException($"SparseEncoder: weights {weights} and bias {bias} do not fit; expected contiguous {DType.F32} [latents, width] and [latents].");
        }

        (AllLatents, Width, Latents, _named) = (weights.Shape[0], weights.Shape[1], latents, named);
    }

    private void PackBias(Tensor bias, ReadOnlySpan<int> latents)
    {
        const int panel = PackedMatrix.PanelWidth;
        int padded = (Latents + panel - 1) / panel * panel;
        Span<float> to = new(_bias.Reserve(Math.Max(1, padded) * sizeof(float)), padded);
        ReadOnlySpan<float> from = bias.AsSpan();
        to[Latents..].Fill(float.NegativeInfinity);
        for (int index = 0; index < Latents; index++)
        {
            to[index] = from[latents.IsEmpty ? index : latents[index]];
        }
    }

    private void RequireInput(string operation, Tensor x)
    {
        if (x.Shape.Rank != 2 || x.Shape[1] != Width || !IsPlain(x))
        {
            throw new ShapeException($"{operation}: {x} does not fit an encoder of width {Width}; expected contiguous {DType.F32} [rows, {Width}].");
        }
    }

    private static bool IsPlain(Tensor tensor) => tensor.DType == DType.F32 && tensor.IsContiguous;
}
