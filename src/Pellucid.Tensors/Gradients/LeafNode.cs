using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>Something watched that no recorded operation made.</summary>
internal sealed class LeafNode : TapeNode
{
    private LeafNode()
    {
    }

    /// <summary>The matrix that is watched, if it is one.</summary>
    internal PackedMatrix? Matrix { get; private set; }

    internal static LeafNode For(Shape shape, PackedMatrix? matrix = null, TapeNode? standsFor = null)
    {
        LeafNode node = Spare<LeafNode>.TryTake(out LeafNode? spare) ? spare : new LeafNode();
        (node.Shape, node.Matrix, node.StandsFor) = (shape, matrix, standsFor);
        return node;
    }

    internal override void Backward(BackwardPass pass, Tensor gradient)
    {
    }

    internal override void Recycle()
    {
        base.Recycle();
        Matrix = null;
        Spare<LeafNode>.Put(this);
    }
}
