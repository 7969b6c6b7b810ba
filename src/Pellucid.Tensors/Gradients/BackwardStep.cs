namespace Pellucid.Tensors;

/// <summary>One operation on the way back: what its derivative reads and where it puts its results.</summary>
internal readonly ref struct BackwardStep<TState>(BackwardPass pass, OperationNode<TState> node, Tensor gradient)
{
    /// <summary>The gradient with respect to the operation's result: F32, one run of values. Not to be written to, for other nodes may share it.</summary>
    internal Tensor Gradient => gradient;

    /// <summary>Operations that are not recorded; what they make is freed when the step ends, unless given to an operand.</summary>
    internal Ops Ops => pass.Ops;

    internal TState State => node.State;

    internal BackwardPass Pass => pass;

    /// <summary>Where the operation stands on its tape.</summary>
    internal int Index => node.Index;

    /// <summary>The node of an operand that <see cref="Wants"/> a gradient.</summary>
    internal TapeNode NodeOf(int operand) => node.Operand(operand)!;

    /// <summary>An array that the operation kept.</summary>
    internal Tensor Saved(int index) => node.Saved(index);

    /// <summary>The same where there may have been none to keep.</summary>
    internal Tensor? SavedOrNone(int index) => node.SavedOrNone(index);

    /// <summary>Shape of an operand that <see cref="Wants"/> a gradient.</summary>
    internal Shape ShapeOf(int operand) => node.Operand(operand)!.Shape;

    /// <summary>Whether the gradient has to reach this operand.</summary>
    internal bool Wants(int operand) => node.Operand(operand) is not null;

    /// <summary>Adds to the gradient of an operand that wants one: an array of <see cref="Ops"/>, which is then the operand's, or any other, which stays its owner's.</summary>
    internal void Give(int operand, Tensor part) => pass.Give(node.Operand(operand)!, part);

    /// <summary>Adds rows [count, width] to chosen rows of the gradient of an operand [rows, width] that wants one.</summary>
    internal void GiveRows(int operand, Tensor rows, Tensor places) => pass.GiveRows(node.Operand(operand)!, rows, places);
}
