using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Matrix products. C is cut into tiles by its size alone, and every element is summed over k in order, so an element's bits depend
/// neither on the number of threads nor on the number of rows in the batch.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>
    /// C [rows, outputs] = A [rows, inputs] · B [inputs, outputs] (+ C) (+ bias [outputs]). Rows of A and of C are
    /// <paramref name="strideA"/> and <paramref name="strideC"/> floats apart; C must not overlap A. A null bias is none.
    /// </summary>
    internal static void Multiply(
        float* a, nint strideA, int rows, PackedMatrix b, float* c, nint strideC, bool accumulate = false, float* bias = null)
    {
        Multiply(a, strideA, 1, rows, b.Panels, b.Inputs, b.Outputs, c, strideC, accumulate, bias);
        GC.KeepAlive(b);
    }

    /// <summary>
    /// C [m, n] = op(A) [m, k] · op(B) [k, n] (+ C), where op transposes on request; B is packed on the way. All are row-major as stored,
    /// with rows a stride apart: a transposed A is stored [k, m], a transposed B [n, k].
    /// </summary>
    internal static void Multiply(
        float* a,
        nint strideA,
        bool transposeA,
        float* b,
        nint strideB,
        bool transposeB,
        float* c,
        nint strideC,
        int m,
        int n,
        int k,
        bool accumulate = false)
    {
        NativeBuffer panels = NativeBuffer.Rent(PackedMatrix.PackedLength(k, n) * sizeof(float));
        try
        {
            float* packed = (float*)panels.Pointer;
            PackedMatrix.PackPanels(b, transposeB ? 1 : strideB, transposeB ? strideB : 1, k, n, packed);
            Multiply(a, transposeA ? 1 : strideA, transposeA ? strideA : 1, m, packed, k, n, c, strideC, accumulate, null);
        }
        finally
        {
            panels.Release();
        }
    }

    private static void Multiply(
        float* a,
        nint strideRow,
        nint strideDepth,
        int rows,
        float* panels,
        int depth,
        int columns,
        float* c,
        nint strideC,
        bool accumulate,
        float* bias)
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        ProductArguments arguments = new()
        {
            A = a,
            StrideRow = strideRow,
            StrideDepth = strideDepth,
            Rows = rows,
            Depth = depth,
            Columns = columns,
            Panels = panels,
            C = c,
            StrideC = strideC,
            Accumulate = accumulate,
            Bias = bias,
        };
        if (rows == 1 && strideDepth == 1)
        {
            RowProduct.Run(arguments);
        }
        else
        {
            BlockedProduct.Run(arguments);
        }
    }
}
