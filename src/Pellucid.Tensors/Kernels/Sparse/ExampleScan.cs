using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Looks for examples in dense activations [rows, latents]; a part is a range of latents over all rows.</summary>
internal readonly unsafe struct ExampleScan(float* activations, int rows, ExamplePointers examples) : IRangeKernel
{
    internal const int RangeLatents = 768;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int latents = examples.Latents, first = (int)start * RangeLatents, last = (int)Math.Min(latents, end * RangeLatents);
        float* tail = stackalloc float[TSimd.Width];
        for (int row = 0; row < rows; row++)
        {
            float* from = activations + ((nint)row * latents);
            int latent = first;
            for (; latent <= last - TSimd.Width; latent += TSimd.Width)
            {
                uint mask = TSimd.GreaterMask(TSimd.Load(from + latent), TSimd.Load(examples.Thresholds + latent));
                if (mask != 0)
                {
                    examples.Add<TSimd, TVector>(examples.FirstPosition + row, from + latent, latent, mask);
                }
            }

            int rest = last - latent;
            if (rest > 0)
            {
                TSimd.Store(tail, TSimd.LoadFirst(from + latent, rest));
                uint mask = TSimd.GreaterMask(TSimd.Load(tail), TSimd.LoadFirst(examples.Thresholds + latent, rest));
                examples.Add<TSimd, TVector>(examples.FirstPosition + row, tail, latent, mask);
            }
        }
    }
}
