using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Many independent products, each computed by one thread: an item is a product, whose operands it packs for itself.</summary>
internal readonly unsafe struct BatchedProduct(
    BatchOperand a, BatchOperand b, BatchOperand c, long inner, int m, int n, int k, bool accumulate) : IRangeKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        long rows = BlockedProduct<SingleStorage>.PackedLength(m, k);
        float* packed = Scratch.Rent(0, rows + PackedMatrix.PackedLength(k, n));
        float* panels = packed + rows;
        for (long item = start; item < end; item++)
        {
            float* right = b.At(item / inner, item % inner);
            for (int column = 0; column < n; column += PackedMatrix.PanelWidth)
            {
                Packing.PackColumns(
                    right + (column * (b.Transposed ? b.StrideRow : 1)), b.Transposed ? 1 : b.StrideRow, b.Transposed ? b.StrideRow : 1, k,
                    Math.Min(PackedMatrix.PanelWidth, n - column), panels + ((nint)column * k));
            }

            BlockedProduct<SingleStorage>.RunHere<TSimd, TVector>(
                new ProductArguments
                {
                    A = a.At(item / inner, item % inner),
                    StrideRow = a.Transposed ? 1 : a.StrideRow,
                    StrideDepth = a.Transposed ? a.StrideRow : 1,
                    Rows = m,
                    Depth = k,
                    Columns = n,
                    Panels = (byte*)panels,
                    C = c.At(item / inner, item % inner),
                    StrideC = c.StrideRow,
                    Accumulate = accumulate,
                },
                packed);
        }
    }
}
