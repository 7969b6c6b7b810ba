using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Gradients of y = ReLU(Wᵀ W x + b) with two features and one hidden dimension: everything stays in registers.</summary>
internal static unsafe class PairGradient<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Adds the gradients of <paramref name="count"/> examples for the models of one vector.</summary>
    /// <param name="layout">Where the rows lie.</param>
    /// <param name="rows">The first of the vector's models in the block's first row.</param>
    /// <param name="draws">[example, feature, (p, v)].</param>
    /// <param name="count">Examples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(AutoencoderLayout layout, float* rows, float* draws, int count)
    {
        int lanes = layout.Lanes;
        TVector zero = TSimd.Broadcast(0), two = TSimd.Broadcast(2);
        TVector sparsity = TSimd.Load(rows);
        TVector importance0 = TSimd.Multiply(two, TSimd.Load(rows + lanes)), importance1 = TSimd.Multiply(two, TSimd.Load(rows + (2 * lanes)));
        float* parameters = rows + (layout.First * lanes);
        TVector w0 = TSimd.Load(parameters), w1 = TSimd.Load(parameters + lanes);
        TVector b0 = TSimd.Load(parameters + (2 * lanes)), b1 = TSimd.Load(parameters + (3 * lanes));
        float* gradient = parameters + (layout.Parameters * lanes);
        TVector dw0 = TSimd.Load(gradient), dw1 = TSimd.Load(gradient + lanes);
        TVector db0 = TSimd.Load(gradient + (2 * lanes)), db1 = TSimd.Load(gradient + (3 * lanes));
        for (float* end = draws + (4 * (nint)count); draws < end; draws += 4)
        {
            TVector x0 = TSimd.SelectGreater(TSimd.Broadcast(draws[0]), sparsity, TSimd.Broadcast(draws[1]), zero);
            TVector x1 = TSimd.SelectGreater(TSimd.Broadcast(draws[2]), sparsity, TSimd.Broadcast(draws[3]), zero);
            TVector h = TSimd.MultiplyAdd(w0, x0, TSimd.Multiply(w1, x1));
            TVector y0 = TSimd.Max(TSimd.MultiplyAdd(w0, h, b0), zero), y1 = TSimd.Max(TSimd.MultiplyAdd(w1, h, b1), zero);
            TVector g0 = TSimd.SelectGreater(y0, zero, TSimd.Multiply(importance0, TSimd.Subtract(y0, x0)), zero);
            TVector g1 = TSimd.SelectGreater(y1, zero, TSimd.Multiply(importance1, TSimd.Subtract(y1, x1)), zero);
            TVector dh = TSimd.MultiplyAdd(w0, g0, TSimd.Multiply(w1, g1));
            dw0 = TSimd.Add(dw0, TSimd.MultiplyAdd(g0, h, TSimd.Multiply(dh, x0)));
            dw1 = TSimd.Add(dw1, TSimd.MultiplyAdd(g1, h, TSimd.Multiply(dh, x1)));
            db0 = TSimd.Add(db0, g0);
            db1 = TSimd.Add(db1, g1);
        }

        TSimd.Store(gradient, dw0);
        TSimd.Store(gradient + lanes, dw1);
        TSimd.Store(gradient + (2 * lanes), db0);
        TSimd.Store(gradient + (3 * lanes), db1);
    }
}
