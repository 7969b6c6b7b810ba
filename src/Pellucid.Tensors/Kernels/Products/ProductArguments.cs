namespace Pellucid.Tensors.Kernels;

/// <summary>C [rows, columns] = activation(A [rows, depth] · B (+ C) (+ bias)), B in panels.</summary>
internal unsafe struct ProductArguments
{
    internal float* A;
    internal nint StrideRow;
    internal nint StrideDepth;
    internal int Rows;
    internal int Depth;
    internal int Columns;

    /// <summary>Panels of B, each [depth][48]; null where B is not packed.</summary>
    internal byte* Panels;

    /// <summary>B where it is not packed: element (k, column) is at k · StrideSourceDepth + column · StrideSourceColumn.</summary>
    internal float* Source;
    internal nint StrideSourceDepth;
    internal nint StrideSourceColumn;

    /// <summary>How their elements are stored: F32 or BF16.</summary>
    internal DType Storage;

    internal float* C;
    internal nint StrideC;
    internal bool Accumulate;
    internal float* Bias;
    internal Activation Activation;
}
