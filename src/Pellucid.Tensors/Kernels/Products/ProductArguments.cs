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

    /// <summary>Panels of B, each [depth][48].</summary>
    internal byte* Panels;

    /// <summary>How their elements are stored: F32 or BF16.</summary>
    internal DType Storage;

    internal float* C;
    internal nint StrideC;
    internal bool Accumulate;
    internal float* Bias;
    internal Activation Activation;
}
