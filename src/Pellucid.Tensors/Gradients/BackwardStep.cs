namespace Pellucid.Tensors;

/// <summary>One operation on the way back: what its derivative reads and where it puts its results.</summary>
internal readonly ref struct BackwardStep<TState>(BackwardPass pass, OperationNode<TState> node, Tensor gradient)
{
    /// <summary>The gradient with respect to the operation's result.</summary>
    internal Tensor Gradient => gradient;

    /// <summary>Operations that are not recorded; what they make is freed when the step ends, unless given to an operand.</summary>
    internal Ops Ops => pass.Ops;

    internal TState State => node.State;

    internal BackwardPass Pass => pass;

    /// <summary>An array that the operation kept.</summary>
    internal Tensor Saved(int index) => node.Saved(index);

    /// <summary>Shape of an operand that <see cref="Wants"/> a gradient.</summary>
    internal Shape ShapeOf(int operand) => node.Operand(operand)!.Shape;

    /// <summary>Whether the gradient has to reach this operand.</summary>
    internal bool Wants(int operand) => node.Operand(operand) is not null;

    /// <summary>Adds to the gradient of an operand that wants one; the array is one of <see cref="Ops"/> or <see cref="Gradient"/> itself.</summary>
    internal void Give(int operand, Tensor part) => pass.Give(node.Operand(operand)!, part, gradient);
}
