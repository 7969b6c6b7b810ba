// Reverse-mode differentiation: Linnainmaa 1970; Griewank and Walther 2008, "Evaluating Derivatives", second edition, chapter 3.
// A recorded operation leaves a node that knows its operands' nodes and holds what its own derivative needs; going through the nodes
// from the last to the first, each turns the gradient of its result into its part of the gradients of its operands.
namespace Pellucid.Tensors;

/// <summary>
/// Records the operations of one computation, so that gradients can be had of its results with respect to what is watched.
/// </summary>
/// <remarks>
/// Nothing is recorded but what depends on something watched, so work in front of the first watched array costs nothing more than without
/// a tape. An operation keeps only the arrays that its derivative needs, and the way back frees them as it goes.
/// A tape is for one thread and one way back, after which <see cref="Ops.Reset"/> begins it anew; dispose it when done.
/// </remarks>
/// <example>
/// <code>
/// using Tape tape = new();
/// using Ops ops = new(tape);
/// Tensor w = ops.Watch(weights);
/// Tensor loss = ops.Sum(ops.Square(ops.MatMul(x, w)));
/// using Gradients gradients = tape.Backward(loss);
/// Tensor dw = gradients[w];
/// </code>
/// </example>
public sealed class Tape : IDisposable
{
    private readonly List<TapeNode> _nodes = [];
    private readonly Dictionary<object, TapeNode> _leaves = [];
    private readonly Tape? _outer;
    private BackwardPass? _pass;
    private Gradients? _found;
    private bool _spent;
    private bool _isReset;

    /// <summary>Begins an empty recording.</summary>
    public Tape()
    {
    }

    /// <summary>
    /// A recording of a part of what <paramref name="outer"/> recorded as a whole: what was watched there before the index
    /// <see cref="Before"/> is watched here.
    /// </summary>
    internal Tape(Tape outer) => _outer = outer;

    /// <summary>Where the part stands on the tape around this one.</summary>
    internal int Before { get; set; }

    /// <summary>Whether anything is watched, so that operations may have to be recorded.</summary>
    internal bool IsWatching => _nodes.Count > 0 || _leaves.Count > 0 || _outer is { IsWatching: true };

    /// <summary>Asks for the gradient with respect to a packed matrix, wherever <see cref="Ops.Linear(Tensor, PackedMatrix, Tensor?, Activation)"/> multiplies by it.</summary>
    /// <param name="matrix">The matrix; it must stay as it is until the way back is done.</param>
    public void Watch(PackedMatrix matrix)
    {
        if (NodeOf(matrix) is null)
        {
            LeafNode leaf = LeafNode.For(new Shape(matrix.Inputs, matrix.Outputs), matrix);
            leaf.IsRetained = true;
            _leaves.Add(matrix, Add(leaf));
        }
    }

    /// <summary>
    /// Asks for the gradient with respect to the table [outputs, inputs] that a packed matrix holds turned, an embedding: what
    /// <see cref="Ops.GatherOutputs"/> looks up in it and what products with it give, as an unembedding that is tied to it, are its parts.
    /// </summary>
    /// <param name="matrix">The matrix; it must stay as it is until the way back is done.</param>
    /// <param name="key">The name under which the gradient is found.</param>
    /// <exception cref="PellucidException">The matrix is watched already.</exception>
    public void WatchTurned(PackedMatrix matrix, string key)
    {
        LeafNode leaf = LeafNode.For(new Shape(matrix.Outputs, matrix.Inputs));
        if (!_leaves.TryAdd(matrix, leaf))
        {
            throw new PellucidException($"WatchTurned: the matrix of {matrix.Inputs} inputs and {matrix.Outputs} outputs is watched already.");
        }

        (leaf.IsRetained, leaf.Key) = (true, key);
        Add(leaf);
    }

    /// <summary>The gradients of one number, or of a weighted sum of many, with respect to everything watched.</summary>
    /// <param name="result">What is differentiated; a single value unless there is a seed.</param>
    /// <param name="seed">The weight of each value of the result, of its shape; 1 by default.</param>
    /// <returns>The gradients, owned by the caller.</returns>
    /// <exception cref="PellucidException">The result does not depend on anything watched, has many values and no seed, or the tape has gone back already.</exception>
    /// <exception cref="ShapeException">The seed has another shape than the result.</exception>
    public Gradients Backward(Tensor result, Tensor? seed = null)
    {
        if (_spent)
        {
            throw new PellucidException("This tape has gone back once and has let go of what it kept. Record the computation anew on a new tape, or after Ops.Reset.");
        }

        TapeNode last = NodeOf(result) ?? throw new PellucidException(
            $"The result {result.Shape} does not depend on anything that is watched on this tape. Watch an array before it is used.");
        if (seed is null && result.Count != 1)
        {
            throw new PellucidException($"The result {result.Shape} has {result.Count} values. Reduce it to one, or give the weight of each as the seed.");
        }

        if (seed is not null && seed.Shape != result.Shape)
        {
            throw new ShapeException($"Backward: the seed {seed.Shape} does not fit the result {result.Shape}; equal shapes were expected.");
        }

        _spent = true;
        last.Gradient = seed is null ? Tensor.From([1f], result.Shape) : seed.To(DType.F32);
        _found ??= new Gradients(this);
        (_pass ??= new BackwardPass(this)).Run(_nodes, _found, isPart: false);
        return _found;
    }

    /// <summary>Goes back through what was recorded of a part, as a step of the way back through the whole.</summary>
    internal void BackwardWithin(BackwardPass outer, Tensor result, Tensor gradient)
    {
        if (NodeOf(result) is { } last)
        {
            _pass ??= new BackwardPass(this);
            _pass.Give(last, gradient);
            _pass.Run(_nodes, outer.Found, isPart: true);
        }
    }

    /// <summary>Lets go of everything that was recorded. What this tape recorded cannot be differentiated any more.</summary>
    public void Dispose()
    {
        foreach (TapeNode node in _nodes)
        {
            node.Forget();
        }

        _nodes.Clear();
        _leaves.Clear();
    }

    /// <summary>Begins an empty recording with the objects of the one before. Adds to <paramref name="ended"/> the arrays that the way back had given.</summary>
    internal void Reset(List<Tensor> ended)
    {
        foreach (TapeNode node in _nodes)
        {
            node.Recycle();
        }

        _nodes.Clear();
        _leaves.Clear();
        _found?.Empty(ended);
        (_spent, _isReset) = (false, true);
    }

    /// <summary>Frees what a part on a tape within this one made. Where this tape is reset at every step, the part's is too, and serves the next part.</summary>
    internal Ops? EndPart(Ops part)
    {
        if (_isReset)
        {
            part.Reset();
            return part;
        }

        part.Tape!.Dispose();
        part.Dispose();
        return null;
    }

    internal TapeNode Add(TapeNode node)
    {
        (node.Tape, node.Index) = (this, _nodes.Count);
        _nodes.Add(node);
        return node;
    }

    /// <summary>The node of an array on this tape, or null where no gradient goes. An array of the tape around this one is taken over.</summary>
    /// <exception cref="PellucidException">The array is of another tape, or was made from a recorded one outside of any scope.</exception>
    internal TapeNode? NodeOf(Tensor x)
    {
        if (x.Place.IsRecorded)
        {
            return OwnNodeOf(x) ?? throw new PellucidException(
                $"The array {x.Shape} is recorded on another tape than the one that is being written. Freeze it to use it as a constant.");
        }

        return !x.IsCutOff ? null : throw new PellucidException(
            $"The array {x.Shape} is a view of a recorded one that the tape knows nothing of, so its gradient would be lost without a word. "
            + "Take the view with the scope's own Reshape, Slice or Transpose, or Freeze it to use it as a constant.");
    }

    /// <summary>Whether a gradient goes back through an array here.</summary>
    internal bool Knows(Tensor x) => !x.IsCutOff && OwnNodeOf(x) is not null;

    /// <summary>The node of a matrix that is watched here, or was on a tape around this one when the part was recorded.</summary>
    internal TapeNode? NodeOf(PackedMatrix matrix)
    {
        if (_leaves.TryGetValue(matrix, out TapeNode? leaf))
        {
            return leaf;
        }

        for (Tape tape = this; tape._outer is { } outer; tape = outer)
        {
            if (outer._leaves.TryGetValue(matrix, out TapeNode? watched) && watched.Origin.Tape is not null)
            {
                return TakeOver(watched.Origin);
            }
        }

        return null;
    }

    /// <summary>What stands here for a node of a tape around this one; null where it is of no such tape, or was recorded later.</summary>
    internal TapeNode? TakeOver(TapeNode node)
    {
        if (_leaves.TryGetValue(node, out TapeNode? leaf))
        {
            return leaf;
        }

        for (Tape tape = this; tape._outer is { } outer; tape = outer)
        {
            if (node.Tape == outer && node.Index < tape.Before)
            {
                leaf = Add(LeafNode.For(node.Shape, standsFor: node));
                _leaves.Add(node, leaf);
                return leaf;
            }
        }

        return null;
    }

    private TapeNode? OwnNodeOf(Tensor x) => x.Place.Node is not { } node ? null : node.Tape == this ? node : TakeOver(node);
}
