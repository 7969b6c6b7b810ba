using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Rows [rows, width] as integers [rows, pairs]; leaves <paramref name="failed"/> as 1 where a row does not fit the screen's bound.</summary>
internal readonly unsafe struct QuantizeRowsKernel(float* x, int width, int* integers, ScreenNorms* norms, int* failed) : IRangeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int pairs = (width + 1) / 2;
        for (long row = start; row < end; row++)
        {
            if (!ScreenRows.Quantize(x + ((nint)row * width), width, (short*)(integers + ((nint)row * pairs)), out norms[row]))
            {
                Volatile.Write(ref *failed, 1);
            }
        }
    }
}

/// <summary>Panels of 48 latents as integers, and the factors of their slack; leaves <paramref name="failed"/> as 1 like its neighbour.</summary>
internal readonly unsafe struct QuantizePanelsKernel(ScreenArguments to, int latents, int* failed) : IRangeKernel
{
    private const double Rounding = 1.0 / (1 << 24);
    private const double Margin = 1.001;
    private const float MostBias = 1e30f;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int panel = PackedMatrix.PanelWidth;
        int* rows = (int*)Scratch.Rent(0, (long)panel * to.Pairs);
        double sum = (to.Width + 2) * Rounding, gamma = sum / (1 - sum);
        for (long block = start; block < end; block++)
        {
            int first = (int)block * panel, count = Math.Min(panel, latents - first);
            for (int index = 0; index < panel; index++)
            {
                int latent = first + index;
                ScreenNorms norms = default;
                float bias = index < count ? Math.Abs(to.Bias[latent]) : 0;
                bool fits = index >= count
                    || ScreenRows.Quantize(to.Weights + ((nint)latent * to.Width), to.Width, (short*)(rows + ((nint)index * to.Pairs)), out norms);
                if (!fits || !(bias <= MostBias))
                {
                    Volatile.Write(ref *failed, 1);
                }

                to.Scales[latent] = norms.Scale;
                to.OfNorm[latent] = (float)(Margin * (norms.Residue + ((gamma + (17 * Rounding)) * norms.Norm)));
                to.OfResidue[latent] = (float)(Margin * (norms.Norm + norms.Residue));
                to.Fixed[latent] = (float)(Margin * (((gamma + (16 * Rounding)) * bias) + (to.Width * Math.ScaleB(1, -148)) + 1e-42));
            }

            Packing.PackColumns((float*)rows, 1, to.Pairs, to.Pairs, count, (float*)(to.Panels + ((nint)first * to.Pairs)));
        }
    }
}
