namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Values at chosen places of rows x [rows, width]. The places of a row are <c>indices[row · stride ..]</c>, so that a stride of 0 gives every
/// row the same; each must be inside the row.
/// </summary>
internal static unsafe class Places
{
    /// <summary>values [rows, count] = x at the places.</summary>
    internal static void Gather(float* x, int* indices, long stride, float* values, long rows, int width, int count) =>
        Dispatch.RunRows(new GatherKernel(x, indices, stride, values, width, count), rows, count, 4);

    /// <summary>x = 0, then x at the places += values [rows, count], in order.</summary>
    internal static void Scatter(float* values, int* indices, long stride, float* x, long rows, int width, int count) =>
        Dispatch.RunRows(new ScatterKernel(values, indices, stride, x, width, count), rows, width);

    private readonly struct GatherKernel(float* x, int* indices, long stride, float* values, int width, int count) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* from = x + (row * width);
                float* to = values + (row * count);
                int* places = indices + (row * stride);
                for (int i = 0; i < count; i++)
                {
                    to[i] = from[places[i]];
                }
            }
        }
    }

    private readonly struct ScatterKernel(float* values, int* indices, long stride, float* x, int width, int count) : IRangeKernel
    {
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            for (long row = start; row < end; row++)
            {
                float* to = x + (row * width);
                float* from = values + (row * count);
                int* places = indices + (row * stride);
                new Span<float>(to, width).Clear();
                for (int i = 0; i < count; i++)
                {
                    to[places[i]] += from[i];
                }
            }
        }
    }
}
