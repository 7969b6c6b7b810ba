using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Single values b + Σ_k x_k w_k, summed in the order of <see cref="Tile"/> with fused multiply-adds, so that they have the bits that a
/// tile gives them. Eight latents at a time: each sum waits for its last addition, the eight do not wait for each other.
/// </summary>
internal static unsafe class ExactValues
{
    private const int Together = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Compute(float* x, float* weights, float* bias, int width, int* latents, int count, float* values)
    {
        int index = 0;
        for (; index <= count - Together; index += Together)
        {
            int* l = latents + index;
            float* w0 = weights + ((nint)l[0] * width), w1 = weights + ((nint)l[1] * width);
            float* w2 = weights + ((nint)l[2] * width), w3 = weights + ((nint)l[3] * width);
            float* w4 = weights + ((nint)l[4] * width), w5 = weights + ((nint)l[5] * width);
            float* w6 = weights + ((nint)l[6] * width), w7 = weights + ((nint)l[7] * width);
            float s0 = bias[l[0]], s1 = bias[l[1]], s2 = bias[l[2]], s3 = bias[l[3]];
            float s4 = bias[l[4]], s5 = bias[l[5]], s6 = bias[l[6]], s7 = bias[l[7]];
            for (int k = 0; k < width; k++)
            {
                float value = x[k];
                s0 = MathF.FusedMultiplyAdd(value, w0[k], s0);
                s1 = MathF.FusedMultiplyAdd(value, w1[k], s1);
                s2 = MathF.FusedMultiplyAdd(value, w2[k], s2);
                s3 = MathF.FusedMultiplyAdd(value, w3[k], s3);
                s4 = MathF.FusedMultiplyAdd(value, w4[k], s4);
                s5 = MathF.FusedMultiplyAdd(value, w5[k], s5);
                s6 = MathF.FusedMultiplyAdd(value, w6[k], s6);
                s7 = MathF.FusedMultiplyAdd(value, w7[k], s7);
            }

            float* to = values + index;
            (to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7]) = (s0, s1, s2, s3, s4, s5, s6, s7);
        }

        for (; index < count; index++)
        {
            float* row = weights + ((nint)latents[index] * width);
            float sum = bias[latents[index]];
            for (int k = 0; k < width; k++)
            {
                sum = MathF.FusedMultiplyAdd(x[k], row[k], sum);
            }

            values[index] = sum;
        }
    }
}
