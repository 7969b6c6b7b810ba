namespace Pellucid.Tensors;

/// <summary>
/// What a way back through a <see cref="Tape"/> gave. Owns the gradients until disposed, or until the tape is begun anew by <see cref="Ops.Reset"/>; reading is safe from many threads. Gradients that are
/// equal may be one array, so they are not to be written to.
/// </summary>
public sealed class Gradients : IDisposable
{
    private readonly Tape _tape;
    private readonly Dictionary<TapeNode, Tensor> _byNode = [];
    private readonly Dictionary<string, Tensor> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<PackedMatrix, Tensor> _byMatrix = [];

    internal Gradients(Tape tape) => _tape = tape;

    /// <summary>The gradients that were asked for by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Named => _byKey;

    /// <summary>How many arrays were asked for and reached.</summary>
    internal int Watched => _byNode.Count;

    /// <summary>The gradient with respect to a watched array, of its shape.</summary>
    /// <param name="watched">What <see cref="Ops.Watch(Tensor, string?)"/> returned.</param>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[Tensor watched] =>
        (watched.Place.Node is { } node && node.Tape == _tape ? _byNode.GetValueOrDefault(node) : null) ?? throw NotThere($"the array {watched.Shape}");

    /// <summary>The gradient with respect to a watched matrix, [inputs, outputs].</summary>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[PackedMatrix watched] => Find(watched) ?? throw NotThere($"the matrix of {watched.Inputs} inputs and {watched.Outputs} outputs");

    /// <summary>The gradient that was asked for under a name.</summary>
    /// <exception cref="PellucidException">None was, or the result does not depend on it.</exception>
    public Tensor this[string key] => _byKey.TryGetValue(key, out Tensor? gradient)
        ? gradient
        : throw new PellucidException(
            $"There is no gradient '{key}': it was not watched, or the result does not depend on it. There are: {string.Join(", ", _byKey.Keys)}.");

    /// <summary>Whether the result depends on a watched matrix.</summary>
    public bool Contains(PackedMatrix watched) => _byMatrix.ContainsKey(watched);

    /// <summary>Whether the result depends on a watched array.</summary>
    public bool Contains(Tensor watched) => watched.Place.Node is { } node && _byNode.ContainsKey(node);

    /// <summary>Frees the gradients.</summary>
    public void Dispose()
    {
        DisposeOf(_byNode);
        DisposeOf(_byKey);
        DisposeOf(_byMatrix);
    }

    /// <summary>The gradients of nodes that were asked for.</summary>
    internal Dictionary<TapeNode, Tensor> ByNode => _byNode;

    /// <summary>Those that were asked for by name.</summary>
    internal Dictionary<string, Tensor> ByKey => _byKey;

    /// <summary>Those of watched matrices.</summary>
    internal Dictionary<PackedMatrix, Tensor> ByMatrix => _byMatrix;

    /// <summary>Frees the gradients, and adds the arrays to those that have ended.</summary>
    internal void Empty(List<Tensor> ended)
    {
        Dispose();
        ended.AddRange(_byNode.Values);
        ended.AddRange(_byKey.Values);
        ended.AddRange(_byMatrix.Values);
        _byNode.Clear();
        _byKey.Clear();
        _byMatrix.Clear();
    }

    internal Tensor? Find(PackedMatrix watched) => _byMatrix.GetValueOrDefault(watched);

    internal Tensor? Find(Parameter parameter) => parameter.Packed is { } packed ? Find(packed) : _byKey.GetValueOrDefault(parameter.Name);

    private static void DisposeOf<TKey>(Dictionary<TKey, Tensor> gradients)
        where TKey : notnull
    {
        foreach (Tensor tensor in gradients.Values)
        {
            tensor.Dispose();
        }
    }

    private static PellucidException NotThere(string what) =>
        new($"There is no gradient with respect to {what}: it was not watched, or the result does not depend on it.");
}
