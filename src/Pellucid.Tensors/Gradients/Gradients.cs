namespace Pellucid.Tensors;

/// <summary>
/// What a way back through a <see cref="Tape"/> gave. Owns the gradients until disposed; reading is safe from many threads. Gradients that are
/// equal may be one array, so they are not to be written to.
/// </summary>
public sealed class Gradients : IDisposable
{
    private readonly Tape _tape;
    private readonly Dictionary<object, TapeNode> _leaves;
    private readonly Dictionary<TapeNode, Tensor> _byNode;
    private readonly Dictionary<string, Tensor> _byKey;

    internal Gradients(Tape tape, Dictionary<object, TapeNode> leaves, Dictionary<TapeNode, Tensor> byNode, Dictionary<string, Tensor> byKey) =>
        (_tape, _leaves, _byNode, _byKey) = (tape, leaves, byNode, byKey);

    /// <summary>The gradients that were asked for by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Named => _byKey;

    internal IReadOnlyDictionary<TapeNode, Tensor> ByNode => _byNode;

    /// <summary>The gradient with respect to a watched array, of its shape.</summary>
    /// <param name="watched">What <see cref="Ops.Watch(Tensor, string?)"/> returned.</param>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[Tensor watched] => Find(watched.Node is { } node && node.Tape == _tape ? node : null, $"the array {watched.Shape}");

    /// <summary>The gradient with respect to a watched matrix, [inputs, outputs].</summary>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[PackedMatrix watched] => Find(_leaves.GetValueOrDefault(watched), $"the matrix of {watched.Inputs} inputs and {watched.Outputs} outputs");

    /// <summary>The gradient that was asked for under a name.</summary>
    /// <exception cref="PellucidException">None was, or the result does not depend on it.</exception>
    public Tensor this[string key] => _byKey.TryGetValue(key, out Tensor? gradient)
        ? gradient
        : throw new PellucidException(
            $"There is no gradient '{key}': it was not watched, or the result does not depend on it. There are: {string.Join(", ", _byKey.Keys)}.");

    /// <summary>Whether the result depends on a watched matrix.</summary>
    public bool Contains(PackedMatrix watched) => Find(watched) is not null;

    /// <summary>Whether the result depends on a watched array.</summary>
    public bool Contains(Tensor watched) => watched.Node is { } node && _byNode.ContainsKey(node);

    /// <summary>Frees the gradients.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _byNode.Values.Concat(_byKey.Values))
        {
            tensor.Dispose();
        }
    }

    internal Tensor? Find(PackedMatrix watched) => _leaves.TryGetValue(watched, out TapeNode? node) ? _byNode.GetValueOrDefault(node) : null;

    internal Tensor? Find(Parameter parameter) => parameter.Packed is { } packed ? Find(packed) : _byKey.GetValueOrDefault(parameter.Name);

    private Tensor Find(TapeNode? node, string what) => node is not null && _byNode.TryGetValue(node, out Tensor? gradient)
        ? gradient
        : throw new PellucidException($"There is no gradient with respect to {what}: it was not watched, or the result does not depend on it.");
}
