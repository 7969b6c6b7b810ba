namespace Pellucid.Tensors.Kernels;

/// <summary>
/// One of the matrices of a batch of products. The items have two axes, outer and inner (such as batch and head); the matrix of an item
/// begins at <c>First + outer · StrideOuter + inner / Group · StrideInner</c>, so that several heads can share one (grouped queries).
/// </summary>
internal unsafe struct BatchOperand
{
    public BatchOperand()
    {
    }

    internal float* First { get; init; }

    /// <summary>Floats from a row, as stored, to the next.</summary>
    internal nint StrideRow { get; init; }

    internal nint StrideOuter { get; init; }

    internal nint StrideInner { get; init; }

    /// <summary>Inner items that share a matrix, at least 1.</summary>
    internal int Group { get; init; } = 1;

    /// <summary>Its rows are columns as stored.</summary>
    internal bool Transposed { get; init; }

    internal float* At(long outer, long inner) => First + (outer * StrideOuter) + (inner / Group * StrideInner);
}
