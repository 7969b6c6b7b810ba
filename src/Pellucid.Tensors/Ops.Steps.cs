namespace Pellucid.Tensors;

/// <content>A scope that one step after another is taken in.</content>
public sealed partial class Ops
{
    /// <summary>Objects of arrays that have ended since the last reset.</summary>
    private List<Tensor> _ended = [];

    /// <summary>Those that had ended by then.</summary>
    private List<Tensor> _void = [];
    private bool _isReset;

    /// <summary>
    /// Begins the next step: frees everything that this scope owns, empties its tape, and from the third step on works with the objects of the steps
    /// before, so that a loop of equal steps allocates nothing on the managed heap.
    /// </summary>
    /// <remarks>
    /// Whatever operations, and the way back, have given since the last reset is void: a scope that is reset asks of its user to hold on to none of
    /// it. An array throws <see cref="ObjectDisposedException"/> when it is touched in the step after its own, and may be another array later.
    /// Take along what is to last with <see cref="Tensor.Copy"/>. Arrays that were given to the scope with <see cref="Own"/> are freed and no more.
    /// </remarks>
    /// <example>
    /// <code>
    /// using Tape tape = new();
    /// using Ops ops = new(tape);
    /// foreach (Batch batch in batches)
    /// {
    ///     ops.Reset();
    ///     Tensor loss = ops.Mean(ops.CrossEntropy(ops.Linear(batch.X, weight, bias), batch.Targets));
    ///     using Gradients gradients = tape.Backward(loss);
    ///     adam.Step(gradients);
    /// }
    /// </code>
    /// </example>
    public void Reset()
    {
        _isReset = true;
        Clear();
        _tape?.Reset(_ended);
        foreach (Tensor tensor in _void)
        {
            tensor.Recycle();
        }

        _void.Clear();
        (_ended, _void) = (_void, _ended);
    }

    /// <summary>Frees an array that is this scope's no more. Its object is kept only where every step is said to let go of it.</summary>
    private void LetGo(Tensor tensor)
    {
        tensor.Dispose();
        if (_isReset && tensor.IsMade)
        {
            _ended.Add(tensor);
        }
    }
}
