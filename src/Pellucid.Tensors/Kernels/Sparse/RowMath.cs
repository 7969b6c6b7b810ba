using System.Runtime.CompilerServices;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Kernels;

/// <summary>Sums over single rows of any length, which the sparse half of a dictionary is made of.</summary>
internal static unsafe class RowMath
{
    /// <summary>y += factor · x; fetches <paramref name="next"/>, a row that will be wanted, into the cache unless it is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddScaled<TSimd, TVector>(float* y, float* x, float factor, int length, float* next = null)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        const int line = 16;
        TVector wide = TSimd.Broadcast(factor);
        int i = 0;
        if (next != null)
        {
            for (; i <= length - line; i += line)
            {
                TSimd.Prefetch(next + i);
                for (int lane = i; lane < i + line; lane += TSimd.Width)
                {
                    TSimd.Store(y + lane, TSimd.MultiplyAdd(wide, TSimd.Load(x + lane), TSimd.Load(y + lane)));
                }
            }
        }

        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(y + i, TSimd.MultiplyAdd(wide, TSimd.Load(x + i), TSimd.Load(y + i)));
        }

        int rest = length - i;
        if (rest > 0)
        {
            TVector sum = TSimd.MultiplyAdd(wide, TSimd.LoadFirst(x + i, rest), TSimd.LoadFirst(y + i, rest));
            TSimd.StoreFirst(y + i, sum, rest);
        }
    }

    /// <summary>Σ x · y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Dot<TSimd, TVector>(float* x, float* y, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector first = TSimd.Broadcast(0), second = first, third = first, fourth = first;
        int i = 0;
        for (; i <= length - (4 * TSimd.Width); i += 4 * TSimd.Width)
        {
            float* u = x + i, v = y + i;
            first = TSimd.MultiplyAdd(TSimd.Load(u), TSimd.Load(v), first);
            second = TSimd.MultiplyAdd(TSimd.Load(u + TSimd.Width), TSimd.Load(v + TSimd.Width), second);
            third = TSimd.MultiplyAdd(TSimd.Load(u + (2 * TSimd.Width)), TSimd.Load(v + (2 * TSimd.Width)), third);
            fourth = TSimd.MultiplyAdd(TSimd.Load(u + (3 * TSimd.Width)), TSimd.Load(v + (3 * TSimd.Width)), fourth);
        }

        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            first = TSimd.MultiplyAdd(TSimd.Load(x + i), TSimd.Load(y + i), first);
        }

        if (i < length)
        {
            second = TSimd.MultiplyAdd(TSimd.LoadFirst(x + i, length - i), TSimd.LoadFirst(y + i, length - i), second);
        }

        return TSimd.Sum(TSimd.Add(TSimd.Add(first, second), TSimd.Add(third, fourth)));
    }

    /// <summary>x · factor, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale<TSimd, TVector>(float* x, float factor, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector wide = TSimd.Broadcast(factor);
        int i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(x + i, TSimd.Multiply(wide, TSimd.Load(x + i)));
        }

        if (i < length)
        {
            TSimd.StoreFirst(x + i, TSimd.Multiply(wide, TSimd.LoadFirst(x + i, length - i)), length - i);
        }
    }

    /// <summary>Divides a row by its norm; one of zeros stays.</summary>
    internal static void Normalize<TSimd, TVector>(float* row, int length)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        Scale<TSimd, TVector>(row, 1 / Math.Max(MathF.Sqrt(Dot<TSimd, TVector>(row, row, length)), 1e-20f), length);

    /// <summary>Adam on one row, its gradient times <paramref name="clip"/>; a null gradient is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Adam<TSimd, TVector>(
        float* value, float* first, float* second, float* gradient, int length, in LatentAdamFactors adam, float clip)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector beta1 = TSimd.Broadcast(adam.Beta1), beta2 = TSimd.Broadcast(adam.Beta2), scale = TSimd.Broadcast(adam.SecondScale);
        TVector rate = TSimd.Broadcast(-adam.Rate), epsilon = TSimd.Broadcast(adam.Epsilon), factor = TSimd.Broadcast(clip);
        TVector g = TSimd.Broadcast(0);
        int i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            g = gradient == null ? g : TSimd.Multiply(TSimd.Load(gradient + i), factor);
            TVector square = TSimd.Multiply(g, g);
            TVector m = TSimd.MultiplyAdd(beta1, TSimd.Subtract(TSimd.Load(first + i), g), g);
            TVector v = TSimd.MultiplyAdd(beta2, TSimd.Subtract(TSimd.Load(second + i), square), square);
            TSimd.Store(first + i, m);
            TSimd.Store(second + i, v);
            TVector divisor = TSimd.Add(TSimd.Sqrt(TSimd.Multiply(v, scale)), epsilon);
            TSimd.Store(value + i, TSimd.MultiplyAdd(rate, TSimd.Divide(m, divisor), TSimd.Load(value + i)));
        }

        int rest = length - i;
        if (rest > 0)
        {
            g = gradient == null ? g : TSimd.Multiply(TSimd.LoadFirst(gradient + i, rest), factor);
            TVector square = TSimd.Multiply(g, g);
            TVector m = TSimd.MultiplyAdd(beta1, TSimd.Subtract(TSimd.LoadFirst(first + i, rest), g), g);
            TVector v = TSimd.MultiplyAdd(beta2, TSimd.Subtract(TSimd.LoadFirst(second + i, rest), square), square);
            TSimd.StoreFirst(first + i, m, rest);
            TSimd.StoreFirst(second + i, v, rest);
            TVector divisor = TSimd.Add(TSimd.Sqrt(TSimd.Multiply(v, scale)), epsilon);
            TSimd.StoreFirst(value + i, TSimd.MultiplyAdd(rate, TSimd.Divide(m, divisor), TSimd.LoadFirst(value + i, rest)), rest);
        }
    }
}
