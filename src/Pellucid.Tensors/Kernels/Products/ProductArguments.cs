namespace Pellucid.Tensors.Kernels;

/// <summary>C [rows, columns] = A [rows, depth] · B (+ C) (+ bias), B in panels.</summary>
internal unsafe struct ProductArguments
{
    internal float* A;
    internal nint StrideRow;
    internal nint StrideDepth;
    internal int Rows;
    internal int Depth;
    internal int Columns;
    internal float* Panels;
    internal float* C;
    internal nint StrideC;
    internal bool Accumulate;
    internal float* Bias;
}
