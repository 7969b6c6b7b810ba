namespace Pellucid.Tensors.Kernels;

internal static unsafe partial class MatrixProduct
{
    /// <summary>Below so many items, or above so many floats of an item, the threads share each product instead of the batch.</summary>
    private const long FewestItems = 8;
    private const long LargestItem = 4 << 20;

    private const double LeastItemWork = 1 << 19; // multiply-adds worth handing out

    /// <summary>
    /// C [m, n] = op(A) [m, k] · op(B) [k, n] (+ C) for each of <paramref name="outer"/> · <paramref name="inner"/> items, where op transposes
    /// an operand that says so; C is never transposed, and its items must not overlap. An item's bits are those of its product alone.
    /// </summary>
    internal static void MultiplyBatch(
        int outer, int inner, in BatchOperand a, in BatchOperand b, in BatchOperand c, int m, int n, int k, bool accumulate = false)
    {
        long items = (long)outer * inner;
        if (m == 0 || n == 0 || items == 0)
        {
            return;
        }

        long size = BlockedProduct<SingleStorage>.PackedLength(m, k) + PackedMatrix.PackedLength(k, n);
        if (size <= LargestItem && (items >= FewestItems || (double)m * n * k < LeastItemWork))
        {
            double work = Math.Max(1, (double)m * n * k);
            Dispatch.Run(
                new BatchedProduct(a, b, c, inner, m, n, k, accumulate), items, (long)Math.Clamp(LeastItemWork / work, 1, items));
            return;
        }

        for (long item = 0; item < items; item++)
        {
            (long first, long second) = (item / inner, item % inner);
            Multiply(
                a.At(first, second), a.StrideRow, a.Transposed, b.At(first, second), b.StrideRow, b.Transposed, c.At(first, second),
                c.StrideRow, m, n, k, accumulate);
        }
    }
}
