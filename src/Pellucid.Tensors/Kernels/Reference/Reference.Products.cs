using System.Numerics;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Every kernel once more, as plain as it can be written: no vectors, no threads, no tables. Kernels are tested against these in double.
/// All arrays are row-major.
/// </summary>
internal static partial class Reference
{
    /// <summary>C [m, n] = op(A) [m, k] · op(B) [k, n] (+ C) (+ bias [n]); an empty bias is none.</summary>
    internal static void MatrixProduct<T>(
        ReadOnlySpan<T> a,
        bool transposeA,
        ReadOnlySpan<T> b,
        bool transposeB,
        Span<T> c,
        int m,
        int n,
        int k,
        bool accumulate = false,
        ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                T sum = accumulate ? c[(row * n) + column] : T.Zero;
                if (!bias.IsEmpty)
                {
                    sum += bias[column];
                }

                for (int inner = 0; inner < k; inner++)
                {
                    T left = transposeA ? a[(inner * m) + row] : a[(row * k) + inner];
                    T right = transposeB ? b[(column * k) + inner] : b[(inner * n) + column];
                    sum += left * right;
                }

                c[(row * n) + column] = sum;
            }
        }
    }
}
