using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private readonly Tape? _tape;

    /// <summary>The scope for parts that are computed anew on the way back, while it is idle.</summary>
    private Ops? _inside;

    /// <summary>A scope whose operations are not recorded.</summary>
    public Ops()
    {
    }

    /// <summary>A scope that records on a tape what depends on something watched there.</summary>
    /// <param name="tape">The tape; one scope at a time writes on it.</param>
    public Ops(Tape tape) => _tape = tape;

    /// <summary>The tape that this scope writes on.</summary>
    internal Tape? Tape => _tape;

    /// <summary>Asks for the gradient with respect to an array. Without a tape this does nothing.</summary>
    /// <param name="x">Any array; one that is recorded already goes on as it is.</param>
    /// <param name="key">A name under which the gradient is found as well.</param>
    /// <returns>What the operations that follow have to be given in place of <paramref name="x"/>.</returns>
    public Tensor Watch(Tensor x, string? key = null)
    {
        if (_tape is null)
        {
            return x;
        }

        TapeNode? node = _tape.NodeOf(x);
        if (node is null)
        {
            node = _tape.Add(LeafNode.For(x.Shape));
            x = Made(x.Share());
            x.Place = new TapePlace(node);
        }

        node = node.Origin;
        node.IsRetained = true;
        node.Key ??= key;
        return x;
    }

    /// <summary>Asks for the gradient with respect to a parameter, under its name. Without a tape this does nothing.</summary>
    /// <param name="parameter">The parameter. Where it has a packed form, that is what is watched, wherever <see cref="Linear(Tensor, PackedMatrix, Tensor?, Activation)"/> multiplies by it.</param>
    /// <returns>What the operations that follow have to be given in place of the values; the values themselves where there is a packed form.</returns>
    public Tensor Watch(Parameter parameter)
    {
        if (parameter.Packed is null)
        {
            return Watch(parameter.Value, parameter.Name);
        }

        _tape?.Watch(parameter.Packed);
        return parameter.Value;
    }

    /// <summary>The same values, through which no gradient goes back.</summary>
    public Tensor Freeze(Tensor x)
    {
        Tensor frozen = Made(x.Share());
        (frozen.Place, frozen.IsCutOff) = (default, false);
        return frozen;
    }

    /// <summary>Whether a gradient goes back through an array: it is watched on this scope's tape, or was made from what is.</summary>
    /// <param name="x">Any array.</param>
    public bool IsRecorded(Tensor x) => _tape?.Knows(x) ?? false;

    /// <summary>
    /// A part of a computation of which the tape keeps nothing but what enters: on the way back the part is computed once more. Costs the
    /// time of a second pass through the part and saves the memory of its inside (Chen et al. 2016, arXiv:1604.06174).
    /// </summary>
    /// <param name="x">What enters.</param>
    /// <param name="part">The part, over the operations that it is given; the same result whenever it is called. What it watches by name is
    /// found in the gradients; what else it reads must live until the way back is done.</param>
    /// <returns>What the part returns.</returns>
    public Tensor Recompute(Tensor x, Func<Ops, Tensor, Tensor> part)
    {
        if (_tape is not { IsWatching: true })
        {
            return part(this, x);
        }

        Ops inside = _inside ?? new Ops();
        _inside = null;
        try
        {
            Tensor result = Made(part(inside, x).ShareUnrecorded());
            result.Place = NewPlace(result, part, RecomputeRule, [_tape.NodeOf(x)], [x]);
            return result;
        }
        finally
        {
            _inside = EndPart(inside);
        }
    }

    /// <summary>Frees what a part made; where this scope is reset at every step, the part's is too, and serves the next part.</summary>
    private Ops? EndPart(Ops inside)
    {
        if (_isReset)
        {
            inside.Reset();
            return inside;
        }

        inside.Dispose();
        return null;
    }

    /// <summary>An operation of your own, with its derivative.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="forward">Computes the result from the operands; its operations are not recorded.</param>
    /// <param name="backward">Computes the gradient of each operand, of that operand's shape and in their order, from the operands, the result and the gradient of the result.</param>
    /// <param name="operands">One to five arrays.</param>
    /// <exception cref="ShapeException">There are no operands or more than five.</exception>
    public Tensor Custom(
        string name,
        Func<Ops, IReadOnlyList<Tensor>, Tensor> forward,
        Func<Ops, IReadOnlyList<Tensor>, Tensor, Tensor, IReadOnlyList<Tensor>> backward,
        params IReadOnlyList<Tensor> operands)
    {
        if (operands.Count is 0 or >= OperandSlots<int>.Most)
        {
            throw new ShapeException($"Custom '{name}': {operands.Count} operands were given; 1 to {OperandSlots<int>.Most - 1} can be.");
        }

        Tensor result;
        using (Ops inside = new())
        {
            result = Made(forward(inside, operands).ShareUnrecorded());
        }

        TapeNode?[] nodes = [.. operands.Select(NodeOf)];
        return Record(result, new CustomOperation(name, backward, operands.Count), CustomRule, nodes, [result, .. operands]);
    }

    private static void RecomputeRule(in BackwardStep<Func<Ops, Tensor, Tensor>> step)
    {
        Ops ops = step.Pass.BeginPart(step.Index);
        try
        {
            Tape inner = ops.Tape!;
            Tensor x = ops.Made(step.Saved(0).ShareUnrecorded());
            if (step.Wants(0))
            {
                x.Place = new TapePlace(inner.TakeOver(step.NodeOf(0))!);
            }

            inner.BackwardWithin(step.Pass, step.State(ops, x), step.Gradient);
        }
        finally
        {
            step.Pass.EndPart(ops);
        }
    }

    private static void CustomRule(in BackwardStep<CustomOperation> step)
    {
        using Ops scope = new(); // what is shown to the caller's own code is made for it alone, for it may be held on to
        Tensor[] operands = new Tensor[step.State.Operands];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = scope.Own(step.Saved(i + 1).ShareUnrecorded());
        }

        Tensor result = scope.Own(step.Saved(0).ShareUnrecorded()), gradient = scope.Own(step.Gradient.ShareUnrecorded());
        IReadOnlyList<Tensor> parts = step.State.Backward(scope, operands, result, gradient);
        for (int i = 0; i < operands.Length; i++)
        {
            if (parts.Count != operands.Length || parts[i].Shape != operands[i].Shape)
            {
                throw new ShapeException(
                    $"Custom '{step.State.Name}': its derivative returned [{string.Join("; ", parts.Select(part => part.Shape))}] for operands of "
                    + $"[{string.Join("; ", operands.Select(operand => operand.Shape))}]; one gradient of each operand's shape was expected.");
            }

            if (step.Wants(i))
            {
                step.Give(i, parts[i]);
            }
        }
    }

    /// <summary>left + right, in the memory of one of them where nobody else refers to it.</summary>
    internal Tensor AddInto(Tensor left, Tensor right)
    {
        Tensor? target = left.IsAlone ? left : right.IsAlone ? right : null;
        if (target is null)
        {
            return Add(left, right);
        }

        using Operand a = Plain(left), b = Plain(right);
        Elementwise.Add(a.Pointer, b.Pointer, target.Pointer, target.Count);
        return target;
    }

    private TapeNode? NodeOf(Tensor x) => _tape?.NodeOf(x);

    /// <summary>
    /// Records an operation if any of its operands is recorded. What is saved is kept only then; an operation names in place of an array
    /// that its derivative will not read null.
    /// </summary>
    private Tensor Record<TState>(
        Tensor result, TState state, BackwardRule<TState> rule, ReadOnlySpan<TapeNode?> operands, ReadOnlySpan<Tensor?> saved = default)
    {
        foreach (TapeNode? operand in operands)
        {
            if (operand is not null)
            {
                (result.Place, result.IsCutOff) = (NewPlace(result, state, rule, operands, saved), false);
                break;
            }
        }

        return result;
    }

    /// <summary>Records an operation that ran with indices, which its derivative finds as the first of what was saved, [count] of I32.</summary>
    private Tensor Record(
        Tensor result, ReadOnlySpan<int> indices, BackwardRule<int> rule, ReadOnlySpan<TapeNode?> operands, ReadOnlySpan<Tensor?> saved = default)
    {
        if (operands.IndexOfAnyExcept((TapeNode?)null) < 0)
        {
            return result;
        }

        Tensor kept = New(new Shape(indices.Length), DType.I32);
        indices.CopyTo(kept.AsSpan<int>());
        OperandSlots<Tensor?> all = default;
        all[0] = kept;
        saved.CopyTo(((Span<Tensor?>)all)[1..]);
        Record(result, 0, rule, operands, ((ReadOnlySpan<Tensor?>)all)[..(saved.Length + 1)]);
        Release(kept);
        return result;
    }

    private TapePlace NewPlace<TState>(
        Tensor result, TState state, BackwardRule<TState> rule, ReadOnlySpan<TapeNode?> operands, ReadOnlySpan<Tensor?> saved) =>
        new(_tape!.Add(OperationNode<TState>.For(result.Shape, state, rule, operands, saved)));

    private readonly record struct CustomOperation(
        string Name, Func<Ops, IReadOnlyList<Tensor>, Tensor, Tensor, IReadOnlyList<Tensor>> Backward, int Operands);
}
