namespace Pellucid.Tensors;

/// <summary>The way back through a recording, from the result to everything watched.</summary>
internal sealed class BackwardPass(Tape tape) : IDisposable
{
    private readonly Dictionary<string, Tensor> _byKey = new(StringComparer.Ordinal);

    internal Tape Tape => tape;

    internal Ops Ops { get; } = new();

    internal Gradients Run(List<TapeNode> nodes, Dictionary<object, TapeNode> leaves)
    {
        Dictionary<TapeNode, Tensor> kept = [];
        try
        {
            for (int index = nodes.Count - 1; index >= 0; index--)
            {
                TapeNode node = nodes[index];
                if (node.Gradient is not { } gradient)
                {
                    node.Forget();
                    continue;
                }

                node.Backward(this, gradient);
                Ops.Clear();
                if (node.IsRetained || node.StandsFor is not null)
                {
                    node.Gradient = null;
                    kept.Add(node, gradient);
                    if (node.Key is { } key)
                    {
                        Name(key, gradient.Share());
                    }
                }

                node.Forget();
            }

            return new Gradients(tape, leaves, kept, _byKey);
        }
        catch
        {
            foreach (Tensor tensor in kept.Values.Concat(_byKey.Values))
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    /// <summary>Files a gradient under a name; one that comes again under the same name is added to it.</summary>
    internal void Name(string key, Tensor gradient)
    {
        if (_byKey.Remove(key, out Tensor? before))
        {
            using Ops ops = new();
            Tensor sum = ops.Disown(ops.Add(before, gradient));
            before.Dispose();
            gradient.Dispose();
            gradient = sum;
        }

        _byKey.Add(key, gradient);
    }

    /// <summary>Adds a part to a node's gradient, and becomes its owner if it is one of <see cref="Ops"/>.</summary>
    internal void Give(TapeNode node, Tensor part)
    {
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

    /// <summary>Gives the nodes of this tape what came out for their stand-ins on an inner one, and takes over what it found by name.</summary>
    internal void HandOn(Gradients inner)
    {
        foreach ((TapeNode node, Tensor gradient) in inner.ByNode)
        {
            if (node.StandsFor is { } outer)
            {
                Give(outer, gradient);
            }
        }

        foreach ((string key, Tensor gradient) in inner.Named)
        {
            Name(key, gradient.Share());
        }
    }

    public void Dispose() => Ops.Dispose();

    /// <summary>The part as one run of F32 values, which is what every rule reads, with an owner of its own.</summary>
    private Tensor OwnRun(Tensor part) =>
        part.DType != DType.F32 || !part.IsContiguous ? part.To(DType.F32)
        : Ops.TryDisown(part) ? part
        : part.ShareUnrecorded();
}
