namespace Pellucid.Tensors.Kernels;

/// <summary>Scores [rows, keys] of the keys that a query does not see.</summary>
internal static unsafe class Unseen
{
    /// <summary>Writes a value over them.</summary>
    internal static void Fill(float* scores, long rows, in SeenKeys seen, float value)
    {
        if (seen.Causal || seen.Window > 0 || seen.Ranges != null)
        {
            Dispatch.RunRows(new FillKernel(scores, seen, value), rows, seen.Keys);
        }
    }

    private readonly struct FillKernel(float* scores, SeenKeys seen, float value) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                Span<float> span = new(scores + (row * seen.Keys), seen.Keys);
                (int first, int last) = seen.Of(row);
                span[..first].Fill(value);
                span[last..].Fill(value);
            }
        }
    }
}
