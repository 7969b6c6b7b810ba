namespace Pellucid.Tensors;

/// <summary>Something watched that no recorded operation made.</summary>
internal sealed class LeafNode : TapeNode
{
    internal override void Backward(BackwardPass pass, Tensor gradient)
    {
    }
}
