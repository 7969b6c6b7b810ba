namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Matrix products. C is cut into tiles by its size alone, and every element is summed over k in order, so an element's bits depend
/// neither on the number of threads nor on the number of rows in the batch.
/// </summary>
internal static unsafe partial class MatrixProduct
{
    /// <summary>
    /// C [rows, outputs] = activation(A [rows, inputs] · B [inputs, outputs] (+ C) (+ bias [outputs])). Rows of A and of C are
    /// <paramref name="strideA"/> and <paramref name="strideC"/> floats apart; C must not overlap A. A null bias is none.
    /// </summary>
    internal static void Multiply(
        float* a,
        nint strideA,
        int rows,
        PackedMatrix b,
        float* c,
        nint strideC,
        bool accumulate = false,
        float* bias = null,
        Activation activation = Activation.None)
    {
        Run(new ProductArguments
        {
            A = a,
            StrideRow = strideA,
            StrideDepth = 1,
            Rows = rows,
            Depth = b.Inputs,
            Columns = b.Outputs,
            Panels = b.Data,
            Storage = b.Storage,
            C = c,
            StrideC = strideC,
            Accumulate = accumulate,
            Bias = bias,
            Activation = activation,
        });
        GC.KeepAlive(b);
    }

    /// <summary>
    /// C [rows, inputs] = A [rows, outputs] · Wᵀ (+ C) for the matrix W [inputs, outputs]: what a linear layer's input gets of its output's
    /// gradient. The first call for a matrix makes its <see cref="PackedMatrix.Transposed"/> twin.
    /// </summary>
    internal static void MultiplyTransposed(
        float* a, nint strideA, int rows, PackedMatrix w, float* c, nint strideC, bool accumulate = false)
    {
        Multiply(a, strideA, rows, w.Transposed, c, strideC, accumulate);
        GC.KeepAlive(w);
    }

    /// <summary>
    /// C [m, n] = op(A) [m, k] · op(B) [k, n] (+ C), where op transposes on request; B is packed panel by panel. All are row-major as stored,
    /// with rows a stride apart: a transposed A is stored [k, m], a transposed B [n, k]. A weight's gradient is Xᵀ · dY: A transposed.
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
        if (m == 0 || n == 0)
        {
            return;
        }

        BlockedProduct<SingleStorage>.Run(new ProductArguments
        {
            A = a,
            StrideRow = transposeA ? 1 : strideA,
            StrideDepth = transposeA ? strideA : 1,
            Rows = m,
            Depth = k,
            Columns = n,
            Source = b,
            StrideSourceDepth = transposeB ? 1 : strideB,
            StrideSourceColumn = transposeB ? strideB : 1,
            Storage = DType.F32,
            C = c,
            StrideC = strideC,
            Accumulate = accumulate,
        });
    }

    private static void Run(in ProductArguments arguments)
    {
        if (arguments.Rows == 0 || arguments.Columns == 0)
        {
            return;
        }

        if (arguments.Storage == DType.Q8)
        {
            QuantizedProduct.Run(arguments);
            return;
        }

        bool single = arguments.Storage == DType.F32;
        if (arguments.Rows == 1 && arguments.StrideDepth == 1)
        {
            if (single)
            {
                RowProduct<SingleStorage>.Run(arguments);
            }
            else
            {
                RowProduct<BFloat16Storage>.Run(arguments);
            }
        }
        else if (single)
        {
            BlockedProduct<SingleStorage>.Run(arguments);
        }
        else
        {
            BlockedProduct<BFloat16Storage>.Run(arguments);
        }
    }
}
