using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The gradient of layer and RMS normalization for chunks of rows: each row's dx, and the chunk's sums of dy · x̂ and of dy, beside each
/// other. See <see cref="Normalization"/> for the equations.
/// </summary>
internal readonly unsafe struct NormGradientKernel : IRangeKernel
{
    private readonly float* _x;
    private readonly float* _weight;
    private readonly float* _dy;
    private readonly float* _dx;
    private readonly int _width;
    private readonly float _eps;
    private readonly bool _center;
    private readonly RowChunks _chunks;

    private NormGradientKernel(float* x, float* weight, float* dy, float* dx, int width, float eps, bool center, RowChunks chunks)
    {
        _x = x;
        _weight = weight;
        _dy = dy;
        _dx = dx;
        (_width, _eps, _center, _chunks) = (width, eps, center, chunks);
    }

    internal static void Run(
        float* x, float* weight, float* dy, float* dx, float* dWeight, float* dBias, long rows, int width, float eps, bool center)
    {
        RowChunks chunks = RowChunks.Rent(rows, checked(2 * width));
        try
        {
            Dispatch.Run(new NormGradientKernel(x, weight, dy, dx, width, eps, center, chunks), chunks.Count, 1);
            if (dWeight != null)
            {
                chunks.Total(0, width, dWeight, accumulate: false);
            }

            if (dBias != null)
            {
                chunks.Total(width, width, dBias, accumulate: false);
            }
        }
        finally
        {
            chunks.Release();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (long chunk = start; chunk < end; chunk++)
        {
            float* sums = _chunks.Sums(chunk);
            new Span<float>(sums, 2 * _width).Clear();
            long last = _chunks.End(chunk);
            for (long row = _chunks.First(chunk); row < last; row++)
            {
                Row<TSimd, TVector>(_x + (row * _width), _dy + (row * _width), _dx + (row * _width), sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row<TSimd, TVector>(float* x, float* dy, float* dx, float* sums)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float mean = 0;
        float scale = _center
            ? Normalization.Deviation<TSimd, TVector>(x, _width, _eps, out mean)
            : Normalization.RootMeanSquare<TSimd, TVector>(x, _width, _eps);
        TVector center = TSimd.Broadcast(mean), factor = TSimd.Broadcast(1 / scale), zero = TSimd.Broadcast(0);
        TVector sum = zero, dot = zero;
        for (int index = 0; index < _width; index += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, _width - index);
            TVector upper = Load<TSimd, TVector>(dy + index, count);
            TVector normal = TSimd.Multiply(TSimd.Subtract(Load<TSimd, TVector>(x + index, count), center), factor);
            TVector g = _weight == null ? upper : TSimd.Multiply(upper, Load<TSimd, TVector>(_weight + index, count));

            // Lanes beyond the row have an upper gradient of zero.
            sum = TSimd.Add(g, sum);
            dot = TSimd.MultiplyAdd(g, normal, dot);
            Add<TSimd, TVector>(sums + index, TSimd.Multiply(upper, normal), count);
            Add<TSimd, TVector>(sums + _width + index, upper, count);
        }

        TVector average = TSimd.Broadcast(_center ? TSimd.Sum(sum) / _width : 0);
        TVector slope = TSimd.Broadcast(-TSimd.Sum(dot) / _width);
        for (int index = 0; index < _width; index += TSimd.Width)
        {
            int count = Math.Min(TSimd.Width, _width - index);
            TVector upper = Load<TSimd, TVector>(dy + index, count);
            TVector normal = TSimd.Multiply(TSimd.Subtract(Load<TSimd, TVector>(x + index, count), center), factor);
            TVector g = _weight == null ? upper : TSimd.Multiply(upper, Load<TSimd, TVector>(_weight + index, count));
            TVector value = TSimd.Multiply(TSimd.MultiplyAdd(normal, slope, TSimd.Subtract(g, average)), factor);
            if (count == TSimd.Width)
            {
                TSimd.Store(dx + index, value);
            }
            else
            {
                TSimd.StoreFirst(dx + index, value, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TSimd, TVector>(float* from, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        count == TSimd.Width ? TSimd.Load(from) : TSimd.LoadFirst(from, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector>(float* to, TVector value, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        if (count == TSimd.Width)
        {
            TSimd.Store(to, TSimd.Add(TSimd.Load(to), value));
        }
        else
        {
            TSimd.StoreFirst(to, TSimd.Add(TSimd.LoadFirst(to, count), value), count);
        }
    }
}
