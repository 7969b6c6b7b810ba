using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Local response normalization over neighbouring channels (Krizhevsky, Sutskever and Hinton 2012, section 3.3, with the scale divided by
/// the window's size as in Caffe and PyTorch): y_i = x_i · s_i^−β, s_i = k + α / n · Σ x_j², j from i − n/2 to i + (n − 1)/2.
/// Its gradient: dx_j = dy_j · s_j^−β − 2αβ / n · x_j · Σ dy_i · x_i · s_i^(−β−1) over the i whose window holds j.
/// </summary>
internal readonly unsafe struct LocalResponse(float* x, float* dy, float* result, int width, int size, float alpha, float beta, float k) : IRangeKernel
{
    private const int Slot = 2;

    /// <summary>y from x, where dy is null; else dx from x and dy.</summary>
    internal static void Run(float* x, float* dy, float* result, long rows, int width, int size, float alpha, float beta, float k) =>
        Dispatch.RunRows(new LocalResponse(x, dy, result, width, size, alpha, beta, k), rows, width, 16);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int before = size / 2, after = (size - 1) / 2, all = width + size + TSimd.Width;
        float* squares = Scratch.Rent(Slot, 4L * all);
        float* scales = squares + all, powers = scales + all, terms = powers + all;
        new Span<float>(squares, 4 * all).Clear();
        for (long row = start; row < end; row++)
        {
            float* values = x + (row * width), target = result + (row * width);
            for (int i = 0; i < width; i++)
            {
                squares[before + i] = values[i] * values[i];
            }

            Window<TSimd, TVector>(squares, alpha / size, k, scales);
            Power<TSimd, TVector>(scales, powers);
            if (dy == null)
            {
                for (int i = 0; i < width; i++)
                {
                    target[i] = values[i] * powers[i];
                }

                continue;
            }

            float* gradient = dy + (row * width);
            for (int i = 0; i < width; i++)
            {
                terms[after + i] = gradient[i] * values[i] * powers[i] / scales[i];
            }

            Window<TSimd, TVector>(terms, 2 * alpha * beta / size, 0, scales);
            for (int i = 0; i < width; i++)
            {
                target[i] = (gradient[i] * powers[i]) - (values[i] * scales[i]);
            }
        }
    }

    /// <summary>target[i] = offset + factor · the sum of the window's values from i on; values have zeros around them.</summary>
    private void Window<TSimd, TVector>(float* values, float factor, float offset, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int i = 0; i < width; i += TSimd.Width)
        {
            TVector sum = TSimd.Load(values + i);
            for (int neighbour = 1; neighbour < size; neighbour++)
            {
                sum = TSimd.Add(sum, TSimd.Load(values + i + neighbour));
            }

            TSimd.Store(target + i, TSimd.MultiplyAdd(sum, TSimd.Broadcast(factor), TSimd.Broadcast(offset)));
        }
    }

    private void Power<TSimd, TVector>(float* scales, float* target)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int i = 0; i < width && beta == 0.75f; i += TSimd.Width)
        {
            TVector root = TSimd.Sqrt(TSimd.Load(scales + i));
            TSimd.Store(target + i, TSimd.Divide(TSimd.Broadcast(1), TSimd.Multiply(root, TSimd.Sqrt(root))));
        }

        for (int i = 0; i < width && beta != 0.75f; i++)
        {
            target[i] = MathF.Pow(scales[i], -beta);
        }
    }
}
