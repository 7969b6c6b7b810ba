namespace Pellucid.Tensors;

/// <summary>
/// The way back through a recording, from the result to everything watched. One within another goes through a part that is recomputed; it adds
/// to the outer one's gradients in the order in which they would have come without it, so that the bits are the same.
/// </summary>
internal sealed class BackwardPass(Tape tape, BackwardPass? outer = null) : IDisposable
{
    private readonly Dictionary<TapeNode, Tensor> _kept = [];
    private readonly Dictionary<string, Tensor> _byKey = outer?._byKey ?? new(StringComparer.Ordinal);
    private readonly Dictionary<PackedMatrix, Tensor> _byMatrix = outer?._byMatrix ?? [];

    internal Tape Tape => tape;

    internal Ops Ops { get; } = new();

    /// <summary>The gradients of nodes that were asked for.</summary>
    internal Dictionary<TapeNode, Tensor> Kept => _kept;

    /// <summary>Those that were asked for by name.</summary>
    internal Dictionary<string, Tensor> ByKey => _byKey;

    /// <summary>Those of watched matrices.</summary>
    internal Dictionary<PackedMatrix, Tensor> ByMatrix => _byMatrix;

    internal void Run(List<TapeNode> nodes)
    {
        try
        {
            for (int index = nodes.Count - 1; index >= 0; index--)
            {
                TapeNode node = nodes[index];
                if (node.Gradient is { } gradient)
                {
                    node.Backward(this, gradient);
                    Ops.Clear();
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
            foreach (Tensor tensor in outer is null ? _kept.Values.Concat(_byKey.Values).Concat(_byMatrix.Values) : _kept.Values)
            {
                tensor.Dispose();
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
            before.Dispose();
        }

        if (node.Gradient != own)
        {
            own.Dispose();
        }
    }

    /// <summary>Adds rows to some of a node's gradient, in place where there is one: a table is large, and what is looked up in it few rows.</summary>
    internal void GiveRows(TapeNode node, Tensor rows, ReadOnlySpan<int> places)
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

    public void Dispose() => Ops.Dispose();

    private void Keep(TapeNode node, Tensor gradient)
    {
        node.Gradient = null;
        if (node.Key is { } key)
        {
            File(_byKey, key, gradient.ShareUnrecorded());
        }

        if (node is LeafNode { Matrix: { } matrix })
        {
            File(_byMatrix, matrix, gradient);
        }
        else if (outer is null)
        {
            _kept.Add(node, gradient);
        }
        else
        {
            gradient.Dispose();
        }
    }

    /// <summary>Files a gradient under a key; one that comes again under the same key is added to it.</summary>
    private void File<TKey>(Dictionary<TKey, Tensor> filed, TKey key, Tensor gradient)
        where TKey : notnull
    {
        if (filed.Remove(key, out Tensor? before))
        {
            Tensor sum = Ops.Disown(Ops.Add(before, gradient));
            before.Dispose();
            gradient.Dispose();
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
