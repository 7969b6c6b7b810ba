using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

public sealed unsafe partial class Ops
{
    private readonly Tape? _tape;

    /// <summary>A scope whose operations are not recorded.</summary>
    public Ops()
    {
    }

    /// <summary>A scope that records on a tape what depends on something watched there.</summary>
    /// <param name="tape">The tape; one scope at a time writes on it.</param>
    public Ops(Tape tape) => _tape = tape;

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
            node = _tape.Add(new LeafNode { Shape = x.Shape });
            x = Own(x.Share());
            x.Node = node;
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
        Tensor frozen = Own(x.Share());
        frozen.Node = null;
        frozen.IsCutOff = false;
        frozen.IsFrozen = true;
        return frozen;
    }

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

        Tensor result;
        using (Ops inside = new())
        {
            result = Own(part(inside, x).ShareUnrecorded());
        }

        result.Node = NewNode(result, part, RecomputeRule, [_tape.NodeOf(x)], [x]);
        return result;
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
        if (operands.Count is 0 or >= OperationNode<int>.Most)
        {
            throw new ShapeException($"Custom '{name}': {operands.Count} operands were given; 1 to {OperationNode<int>.Most - 1} can be.");
        }

        Tensor result;
        using (Ops inside = new())
        {
            result = Own(forward(inside, operands).ShareUnrecorded());
        }

        TapeNode?[] nodes = [.. operands.Select(NodeOf)];
        return Record(result, new CustomOperation(name, backward, operands.Count), CustomRule, nodes, [result, .. operands]);
    }

    private static void RecomputeRule(in BackwardStep<Func<Ops, Tensor, Tensor>> step)
    {
        using Tape inner = new(step.Pass.Tape, step.Index);
        using Ops ops = new(inner);
        Tensor x = step.Saved(0);
        if (step.Wants(0))
        {
            x = ops.Own(x.ShareUnrecorded());
            x.Node = inner.TakeOver(step.NodeOf(0));
        }

        inner.BackwardWithin(step.Pass, step.State(ops, x), step.Gradient);
    }

    private static void CustomRule(in BackwardStep<CustomOperation> step)
    {
        Tensor[] operands = new Tensor[step.State.Operands];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = step.Saved(i + 1);
        }

        IReadOnlyList<Tensor> parts = step.State.Backward(step.Ops, operands, step.Saved(0), step.Gradient);
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

    /// <summary>Takes an array out of the scope: it is the caller's from now on.</summary>
    internal Tensor Disown(Tensor tensor)
    {
        TryDisown(tensor);
        return tensor;
    }

    /// <summary>Takes an array out of the scope, if it is this scope's.</summary>
    internal bool TryDisown(Tensor tensor) => _owned.Remove(tensor);

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
                result.Node = NewNode(result, state, rule, operands, saved);
                break;
            }
        }

        return result;
    }

    private OperationNode<TState> NewNode<TState>(
        Tensor result, TState state, BackwardRule<TState> rule, ReadOnlySpan<TapeNode?> operands, ReadOnlySpan<Tensor?> saved)
    {
        OperationNode<TState> node = new() { Shape = result.Shape, State = state, Rule = rule };
        node.SetOperands(operands);
        node.Keep(saved);
        _tape!.Add(node);
        return node;
    }

    private readonly record struct CustomOperation(
        string Name, Func<Ops, IReadOnlyList<Tensor>, Tensor, Tensor, IReadOnlyList<Tensor>> Backward, int Operands);
}
