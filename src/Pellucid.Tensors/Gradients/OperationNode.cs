using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors;

/// <summary>The derivative of one kind of operation: reads the gradient of the result from the step and gives each operand its part.</summary>
internal delegate void BackwardRule<TState>(in BackwardStep<TState> step);

/// <summary>A recorded operation: its operands' nodes, the arrays that its derivative needs, and the constants that it ran with.</summary>
internal sealed class OperationNode<TState> : TapeNode
{
    private OperandSlots<TapeNode?> _operands;
    private OperandSlots<Tensor?> _saved;
    private BackwardRule<TState> _rule = null!;

    private OperationNode()
    {
    }

    internal TState State { get; private set; } = default!;

    internal static OperationNode<TState> For(
        Shape shape, TState state, BackwardRule<TState> rule, ReadOnlySpan<TapeNode?> operands, ReadOnlySpan<Tensor?> saved)
    {
        OperationNode<TState> node = Spare<OperationNode<TState>>.TryTake(out OperationNode<TState>? spare) ? spare : new OperationNode<TState>();
        (node.Shape, node.State, node._rule) = (shape, state, rule);
        operands.CopyTo(node._operands);
        for (int i = 0; i < saved.Length; i++)
        {
            node._saved[i] = saved[i]?.ShareUnrecorded(); // a second owner of the memory, until the way back has passed
        }

        return node;
    }

    internal TapeNode? Operand(int index) => _operands[index];

    internal Tensor Saved(int index) => _saved[index]!;

    internal Tensor? SavedOrNone(int index) => _saved[index];

    internal override void Backward(BackwardPass pass, Tensor gradient) => _rule(new BackwardStep<TState>(pass, this, gradient));

    internal override void Forget()
    {
        base.Forget();
        foreach (Tensor? saved in _saved)
        {
            saved?.Recycle();
        }

        _saved = default;
    }

    internal override void Recycle()
    {
        base.Recycle();
        (_operands, State) = (default, default!);
        Spare<OperationNode<TState>>.Put(this);
    }
}
