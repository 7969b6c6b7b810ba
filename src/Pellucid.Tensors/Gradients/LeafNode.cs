namespace Pellucid.Tensors;

/// <summary>Something watched that no recorded operation made.</summary>
internal sealed class LeafNode : TapeNode
{
    /// <summary>The matrix that is watched, if it is one.</summary>
    internal PackedMatrix? Matrix { get; init; }

    internal override void Backward(BackwardPass pass, Tensor gradient)
    {
    }
}
