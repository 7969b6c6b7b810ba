using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Row by row: the error e = target − Σ f_i W_dec[i], ‖e‖², and of each place the gradient of the loss with respect to its value,
/// factor · e · W_dec[i] + penalty. The decoder's rows that the error was made from are still in the second cache for the gradient.
/// </summary>
internal readonly unsafe struct DecodeKernel(
    int* offsets, int* latents, float* values, float* decoder, int width, float* target, float* error, double* squares, float* slopes, float factor, float penalty)
    : IRangeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int last = offsets[end] - 1;
        for (long row = start; row < end; row++)
        {
            float* to = error + ((nint)row * width);
            Buffer.MemoryCopy(target + ((nint)row * width), to, (long)width * sizeof(float), (long)width * sizeof(float));
            for (int place = offsets[row]; place < offsets[row + 1]; place++)
            {
                float* next = place < last ? decoder + ((nint)latents[place + 1] * width) : null;
                RowMath.AddScaled<TSimd, TVector>(to, decoder + ((nint)latents[place] * width), -values[place], width, next);
            }

            squares[row] = RowMath.Dot<TSimd, TVector>(to, to, width);
            for (int place = offsets[row]; slopes != null && place < offsets[row + 1]; place++)
            {
                slopes[place] = (factor * RowMath.Dot<TSimd, TVector>(to, decoder + ((nint)latents[place] * width), width)) + penalty;
            }
        }
    }
}
