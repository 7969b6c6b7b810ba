namespace Pellucid.Tensors;

/// <summary>
/// The way back through a recording, from the result to everything watched. One within another goes through a part that is recomputed; it adds
/// to the outer one's gradients in the order in which they would have come without it, so that the bits are the same.
/// </summary>
internal sealed class BackwardPass(Tape tape)
{
    private Ops? _part;
    private bool _isPart;

    internal Tape Tape => tape;

    /// <summary>What rules make their results with; no code from outside sees it or what it makes.</summary>
    internal Ops Ops { get; } = new();

    /// <summary>Where the gradients go that were asked for.</summary>
    internal Gradients Found { get; private set; } = null!;

    internal void Run(List<TapeNode> nodes, Gradients found, bool isPart)
    {
        (Found, _isPart) = (found, isPart);
        try
        {
            for (int index = nodes.Count - 1; index >= 0; index--)
            {
                TapeNode node = nodes[index];
                if (node.Gradient is { } gradient)
                {
                    node.Backward(this, gradient);
                    Ops.Reset();
                    if (node.IsRetained)
                    {
                        Keep(node, gradient);
                    }
                }

                node.Forget();
            }
        }
        catch
        {
            Ops.Reset();
            if (!isPart)
            {
                found.Dispose();
            }

            throw;
        }
    }

    /// <summary>Adds a part to a node's gradient, and becomes its owner if it is one of <see cref="Ops"/>.</summary>
    internal void Give(TapeNode node, Tensor part)
    {
        node = node.Origin;
        if (part.Shape != node.Shape)
        {
            throw new ShapeException($"Backward: a gradient {part.Shape} was made for an array {node.Shape}; equal shapes were expected.");
        }

        Tensor own = OwnRun(part);
        if (node.Gradient is not { } before)
        {
            node.Gradient = own;
            return;
        }

        node.Gradient = Ops.Disown(Ops.AddInto(before, own));
        if (node.Gradient != before)
        {
            before.Recycle();
        }

        if (node.Gradient != own)
        {
            own.Recycle();
        }
    }

    /// <summary>Adds rows to some of a node's gradient, in place where there is one: a table is large, and what is looked up in it few rows.</summary>
    internal void GiveRows(TapeNode node, Tensor rows, Tensor places)
    {
        if (node.Origin.Gradient is { IsAlone: true } gradient)
        {
            Ops.AddRows(gradient, rows, places);
            return;
        }

        Tensor part = Ops.Zeros(node.Shape);
        Ops.AddRows(part, rows, places);
        Give(node, part);
    }

    /// <summary>A scope for a part that is computed anew, on a tape within this one.</summary>
    /// <param name="before">Where the part stands on this one.</param>
    internal Ops BeginPart(int before)
    {
        Ops part = _part ?? new Ops(new Tape(tape));
        _part = null;
        part.Tape!.Before = before;
        return part;
    }

    internal void EndPart(Ops part) => _part = tape.EndPart(part);

    private void Keep(TapeNode node, Tensor gradient)
    {
        node.Gradient = null;
        if (node.Key is { } key)
        {
            File(Found.ByKey, key, gradient.ShareUnrecorded());
        }

        if (node is LeafNode { Matrix: { } matrix })
        {
            File(Found.ByMatrix, matrix, gradient);
        }
        else if (!_isPart)
        {
            Found.ByNode.Add(node, gradient);
        }
        else
        {
            gradient.Recycle();
        }
    }

    /// <summary>Files a gradient under a key; one that comes again under the same key is added to it.</summary>
    private void File<TKey>(Dictionary<TKey, Tensor> filed, TKey key, Tensor gradient)
        where TKey : notnull
    {
        if (filed.Remove(key, out Tensor? before))
        {
            Tensor sum = Ops.Disown(Ops.Add(before, gradient));
            before.Recycle();
            gradient.Recycle();
            gradient = sum;
        }

        filed.Add(key, gradient);
    }

    /// <summary>The part as one run of F32 values, which is what every rule reads, with an owner of its own.</summary>
    private Tensor OwnRun(Tensor part) =>
        part.DType != DType.F32 || !part.IsContiguous ? part.To(DType.F32)
        : Ops.TryDisown(part) ? part
        : part.ShareUnrecorded();
}
