namespace Pellucid.Tensors.Kernels;

/// <summary>Scores [outer, queries, keys] of the keys that a query does not see.</summary>
internal static unsafe class Unseen
{
    /// <summary>
    /// Writes a value over them. Query i stands at position keys - queries + i; it sees the <paramref name="window"/> keys up to there (0: all
    /// of them), and later ones where it is not <paramref name="causal"/>.
    /// </summary>
    internal static void Fill(float* scores, long outer, int queries, int keys, bool causal, int window, float value)
    {
        if (causal || window > 0)
        {
            Dispatch.RunRows(new FillKernel(scores, queries, keys, causal, window, value), outer * queries, keys);
        }
    }

    private readonly struct FillKernel(float* scores, int queries, int keys, bool causal, int window, float value) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                Span<float> span = new(scores + (row * keys), keys);
                int own = keys - queries + (int)(row % queries) + 1;
                if (causal)
                {
                    span[own..].Fill(value);
                }

                if (window > 0)
                {
                    span[..Math.Max(0, own - window)].Fill(value);
                }
            }
        }
    }
}
