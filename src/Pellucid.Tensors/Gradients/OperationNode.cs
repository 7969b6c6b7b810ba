namespace Pellucid.Tensors;

/// <summary>The derivative of one kind of operation: reads the gradient of the result from the step and gives each operand its part.</summary>
internal delegate void BackwardRule<TState>(in BackwardStep<TState> step);

/// <summary>A recorded operation: its operands' nodes, the arrays that its derivative needs, and the constants that it ran with.</summary>
internal sealed class OperationNode<TState> : TapeNode
{
    internal const int Most = 6;

    private Slots<TapeNode> _operands;
    private Slots<Tensor> _saved;

    internal required BackwardRule<TState> Rule { get; init; }

    internal required TState State { get; init; }

    internal TapeNode? Operand(int index) => _operands[index];

    internal Tensor Saved(int index) => _saved[index]!;

    internal Tensor? SavedOrNone(int index) => _saved[index];

    internal void SetOperands(ReadOnlySpan<TapeNode?> operands) => operands.CopyTo(_operands);

    /// <summary>Keeps arrays, as a second owner of their memory, until the way back has passed.</summary>
    internal void Keep(ReadOnlySpan<Tensor?> saved)
    {
        for (int i = 0; i < saved.Length; i++)
        {
            _saved[i] = saved[i]?.ShareUnrecorded();
        }
    }

    internal override void Backward(BackwardPass pass, Tensor gradient) => Rule(new BackwardStep<TState>(pass, this, gradient));

    internal override void Forget()
    {
        base.Forget();
        for (int i = 0; i < Most; i++)
        {
            _saved[i]?.Dispose();
            _saved[i] = null;
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Most)]
    private struct Slots<T>
        where T : class
    {
        private T? _first;
    }
}
