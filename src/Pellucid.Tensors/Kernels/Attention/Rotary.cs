using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in its half-split form: the pair (x_i, x_{i + d/2}) of a head vector is
/// turned by the angle of its position and i.
/// </summary>
internal static unsafe class Rotary
{
    /// <summary>
    /// Rotates x [batch, positions, heads, size] into y, which may be x and has the same strides; dimensions beyond those that the angles turn
    /// stay as they are. <paramref name="inverse"/> turns back, which is also the gradient.
    /// </summary>
    internal static void Rotate(
        float* x,
        float* y,
        HeadStrides strides,
        int batch,
        int positions,
        int heads,
        int size,
        RotaryAngles angles,
        bool inverse = false) =>
        Dispatch.RunRows(
            new RotateKernel(x, y, strides, positions, heads, size, angles, inverse),
            (long)batch * positions,
            (long)heads * size,
            cost: 2);

    private readonly struct RotateKernel(
        float* x,
        float* y,
        HeadStrides strides,
        int positions,
        int heads,
        int size,
        RotaryAngles angles,
        bool inverse) : IRangeKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, TVector>(long start, long end)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            TVector sign = TSimd.Broadcast(inverse ? -1f : 1f);
            int half = angles.Half, turned = 2 * half;
            for (long item = start; item < end; item++)
            {
                (nint cosine, nint sine) = angles.Of(item, positions);
                for (int head = 0; head < heads; head++)
                {
                    nint offset = strides.Offset(item / positions, item % positions, head);
                    Turn<TSimd, TVector>(x + offset, y + offset, half, (float*)cosine, (float*)sine, sign);
                    if (turned < size && x != y)
                    {
                        new Span<float>(x + offset + turned, size - turned).CopyTo(new Span<float>(y + offset + turned, size - turned));
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Turn<TSimd, TVector>(float* from, float* to, int half, float* cosine, float* sine, TVector sign)
            where TSimd : struct, ISimd<TVector>
            where TVector : struct
        {
            TVector minus = TSimd.Subtract(TSimd.Broadcast(0), sign);
            int index = 0;
            for (; index <= half - TSimd.Width; index += TSimd.Width)
            {
                TVector first = TSimd.Load(from + index), second = TSimd.Load(from + half + index);
                TVector c = TSimd.Load(cosine + index), s = TSimd.Load(sine + index);
                TSimd.Store(to + index, TSimd.MultiplyAdd(first, c, TSimd.Multiply(TSimd.Multiply(second, minus), s)));
                TSimd.Store(to + half + index, TSimd.MultiplyAdd(second, c, TSimd.Multiply(TSimd.Multiply(first, sign), s)));
            }

            int rest = half - index;
            if (rest > 0)
            {
                TVector first = TSimd.LoadFirst(from + index, rest), second = TSimd.LoadFirst(from + half + index, rest);
                TVector c = TSimd.LoadFirst(cosine + index, rest), s = TSimd.LoadFirst(sine + index, rest);
                TSimd.StoreFirst(to + index, TSimd.MultiplyAdd(first, c, TSimd.Multiply(TSimd.Multiply(second, minus), s)), rest);
                TSimd.StoreFirst(to + half + index, TSimd.MultiplyAdd(second, c, TSimd.Multiply(TSimd.Multiply(first, sign), s)), rest);
            }
        }
    }
}
