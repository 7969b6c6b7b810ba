using System.Runtime.CompilerServices;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Gradients of an autoencoder of any size, four examples at a time, so that a weight that is loaded serves four products: with
/// z = W x, h = z or ReLU(z), a = V h + b, y = a or ReLU(a) and g = 2 I (y − target) where y moves, dV = g hᵀ, db = g, dh = Vᵀ g where h
/// moves, dW = dh xᵀ. Where V is Wᵀ both gradients go to the same place.
/// </summary>
internal static unsafe class AutoencoderGradient<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Examples = 4;

    /// <summary>Floats of working memory: x, target and g [n], h and its gradient [m], each of four examples.</summary>
    internal static long Space(AutoencoderLayout layout) => Examples * TSimd.Width * ((3L * layout.Features) + (2L * layout.Hidden));

    /// <summary>Adds the gradients of <paramref name="count"/> examples, a multiple of four, for the models of one vector.</summary>
    /// <param name="layout">Where the rows lie.</param>
    /// <param name="rows">The first of the vector's models in the block's first row.</param>
    /// <param name="draws">[example, feature, (p, v)].</param>
    /// <param name="count">Examples.</param>
    /// <param name="space">As many floats as <see cref="Space"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(AutoencoderLayout layout, float* rows, float* draws, int count, float* space)
    {
        int n = layout.Features, m = layout.Hidden, lanes = layout.Lanes, quad = Examples * TSimd.Width;
        float* weights = rows + (layout.First * lanes), outWeights = weights + (layout.Out * lanes), bias = weights + (layout.Bias * lanes);
        float* gradient = weights + (layout.Parameters * lanes), outGradient = gradient + (layout.Out * lanes);
        float* x = space, target = x + ((nint)n * quad), g = target + ((nint)n * quad), h = g + ((nint)n * quad), dh = h + ((nint)m * quad);
        for (int example = 0; example < count; example += Examples)
        {
            Read(layout, draws + ((nint)example * 2 * n), TSimd.Load(rows), x, target);
            Gather(n, m, lanes, weights, x, h);
            Rectify(layout.IsTied ? 0 : m, h, h, h);
            Outputs(layout, rows + lanes, outWeights, bias, gradient + (layout.Bias * lanes), h, target, g);
            Gather(n, m, lanes, outWeights, g, dh);
            Rectify(layout.IsTied ? 0 : m, dh, h, dh);
            for (int i = 0; i < n; i++)
            {
                long row = (long)i * m * lanes;
                Outer(m, lanes, gradient + row, x + ((nint)i * quad), dh);
                Outer(m, lanes, outGradient + row, g + ((nint)i * quad), h);
            }
        }
    }

    /// <summary>The inputs and targets of four examples for each model's sparsity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(AutoencoderLayout layout, float* draws, TVector sparsity, float* x, float* target)
    {
        int n = layout.Features;
        TVector zero = TSimd.Broadcast(0);
        for (int i = 0; i < n; i++)
        {
            for (int example = 0; example < Examples; example++)
            {
                float* draw = draws + (2 * ((nint)i + ((nint)example * n)));
                TVector value = TSimd.SelectGreater(TSimd.Broadcast(draw[0]), sparsity, TSimd.Broadcast(draw[1]), zero);
                TSimd.Store(x, value);
                TSimd.Store(target, layout.Form == AutoencoderForm.RectifiedHidden ? TSimd.Abs(value) : value);
                x += TSimd.Width;
                target += TSimd.Width;
            }
        }
    }

    /// <summary>to[k] = Σᵢ weights[i, k] · from[i], for four examples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(int n, int m, int lanes, float* weights, float* from, float* to)
    {
        int width = TSimd.Width, quad = Examples * width;
        nint stride = (nint)m * lanes;
        int k = 0;
        for (; k + 1 < m; k += 2)
        {
            TVector a0 = TSimd.Broadcast(0), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
            float* row = weights + ((nint)k * lanes);
            float* value = from;
            for (int i = 0; i < n; i++)
            {
                TVector v0 = TSimd.Load(value), v1 = TSimd.Load(value + width), v2 = TSimd.Load(value + (2 * width)), v3 = TSimd.Load(value + (3 * width));
                TVector first = TSimd.Load(row), second = TSimd.Load(row + lanes);
                a0 = TSimd.MultiplyAdd(first, v0, a0);
                a1 = TSimd.MultiplyAdd(first, v1, a1);
                a2 = TSimd.MultiplyAdd(first, v2, a2);
                a3 = TSimd.MultiplyAdd(first, v3, a3);
                c0 = TSimd.MultiplyAdd(second, v0, c0);
                c1 = TSimd.MultiplyAdd(second, v1, c1);
                c2 = TSimd.MultiplyAdd(second, v2, c2);
                c3 = TSimd.MultiplyAdd(second, v3, c3);
                row += stride;
                value += quad;
            }

            Put(to + ((nint)k * quad), a0, a1, a2, a3);
            Put(to + ((nint)(k + 1) * quad), c0, c1, c2, c3);
        }

        if (k < m)
        {
            TVector a0 = TSimd.Broadcast(0), a1 = a0, a2 = a0, a3 = a0;
            float* row = weights + ((nint)k * lanes);
            float* value = from;
            for (int i = 0; i < n; i++)
            {
                TVector first = TSimd.Load(row);
                a0 = TSimd.MultiplyAdd(first, TSimd.Load(value), a0);
                a1 = TSimd.MultiplyAdd(first, TSimd.Load(value + width), a1);
                a2 = TSimd.MultiplyAdd(first, TSimd.Load(value + (2 * width)), a2);
                a3 = TSimd.MultiplyAdd(first, TSimd.Load(value + (3 * width)), a3);
                row += stride;
                value += quad;
            }

            Put(to + ((nint)k * quad), a0, a1, a2, a3);
        }
    }

    /// <summary>to = from where gate &gt; 0, else 0, for the first <paramref name="m"/> dimensions of four examples.</summary>
    private static void Rectify(int m, float* from, float* gate, float* to)
    {
        TVector zero = TSimd.Broadcast(0);
        for (nint at = 0; at < (nint)m * Examples * TSimd.Width; at += TSimd.Width)
        {
            TSimd.Store(to + at, TSimd.SelectGreater(TSimd.Load(gate + at), zero, TSimd.Load(from + at), zero));
        }
    }

    /// <summary>g = 2 I (y − target) where y moves, and its sum in the gradient of the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outputs(AutoencoderLayout layout, float* importance, float* weights, float* bias, float* biasGradient, float* h, float* target, float* g)
    {
        int width = TSimd.Width, quad = Examples * width, lanes = layout.Lanes, m = layout.Hidden;
        TVector zero = TSimd.Broadcast(0), two = TSimd.Broadcast(2);
        TVector floor = layout.Form == AutoencoderForm.Linear ? TSimd.Broadcast(float.NegativeInfinity) : zero;
        for (int i = 0; i < layout.Features; i++)
        {
            TVector a0 = TSimd.Load(bias + ((nint)i * lanes)), a1 = a0, a2 = a0, a3 = a0;
            float* hidden = h;
            for (int k = 0; k < m; k++)
            {
                TVector weight = TSimd.Load(weights);
                a0 = TSimd.MultiplyAdd(weight, TSimd.Load(hidden), a0);
                a1 = TSimd.MultiplyAdd(weight, TSimd.Load(hidden + width), a1);
                a2 = TSimd.MultiplyAdd(weight, TSimd.Load(hidden + (2 * width)), a2);
                a3 = TSimd.MultiplyAdd(weight, TSimd.Load(hidden + (3 * width)), a3);
                weights += lanes;
                hidden += quad;
            }

            TVector scale = TSimd.Multiply(two, TSimd.Load(importance + ((nint)i * lanes)));
            TVector g0 = Slope(a0, TSimd.Load(target), scale, floor, zero), g1 = Slope(a1, TSimd.Load(target + width), scale, floor, zero);
            TVector g2 = Slope(a2, TSimd.Load(target + (2 * width)), scale, floor, zero), g3 = Slope(a3, TSimd.Load(target + (3 * width)), scale, floor, zero);
            Put(g, g0, g1, g2, g3);
            float* sum = biasGradient + ((nint)i * lanes);
            TSimd.Store(sum, TSimd.Add(TSimd.Load(sum), TSimd.Add(TSimd.Add(g0, g1), TSimd.Add(g2, g3))));
            target += quad;
            g += quad;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Slope(TVector a, TVector target, TVector scale, TVector floor, TVector zero) =>
        TSimd.SelectGreater(a, floor, TSimd.Multiply(scale, TSimd.Subtract(a, target)), zero);

    /// <summary>gradient[k] += Σ over four examples of factor · values[k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outer(int m, int lanes, float* gradient, float* factor, float* values)
    {
        int width = TSimd.Width;
        TVector f0 = TSimd.Load(factor), f1 = TSimd.Load(factor + width), f2 = TSimd.Load(factor + (2 * width)), f3 = TSimd.Load(factor + (3 * width));
        for (int k = 0; k < m; k++)
        {
            TVector left = TSimd.MultiplyAdd(f0, TSimd.Load(values), TSimd.Load(gradient));
            left = TSimd.MultiplyAdd(f1, TSimd.Load(values + width), left);
            TVector right = TSimd.Multiply(f2, TSimd.Load(values + (2 * width)));
            right = TSimd.MultiplyAdd(f3, TSimd.Load(values + (3 * width)), right);
            TSimd.Store(gradient, TSimd.Add(left, right));
            gradient += lanes;
            values += Examples * width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* to, TVector v0, TVector v1, TVector v2, TVector v3)
    {
        TSimd.Store(to, v0);
        TSimd.Store(to + TSimd.Width, v1);
        TSimd.Store(to + (2 * TSimd.Width), v2);
        TSimd.Store(to + (3 * TSimd.Width), v3);
    }
}
