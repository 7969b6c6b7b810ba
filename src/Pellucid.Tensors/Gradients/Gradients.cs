namespace Pellucid.Tensors;

/// <summary>
/// What a way back through a <see cref="Tape"/> gave. Owns the gradients until disposed; reading is safe from many threads. Gradients that are
/// equal may be one array, so they are not to be written to.
/// </summary>
public sealed class Gradients : IDisposable
{
    private readonly Tape _tape;
    private readonly Dictionary<TapeNode, Tensor> _byNode;
    private readonly Dictionary<string, Tensor> _byKey;
    private readonly Dictionary<PackedMatrix, Tensor> _byMatrix;

    internal Gradients(
        Tape tape, Dictionary<TapeNode, Tensor> byNode, Dictionary<string, Tensor> byKey, Dictionary<PackedMatrix, Tensor> byMatrix) =>
        (_tape, _byNode, _byKey, _byMatrix) = (tape, byNode, byKey, byMatrix);

    /// <summary>The gradients that were asked for by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Named => _byKey;

    /// <summary>How many arrays were asked for and reached.</summary>
    internal int Watched => _byNode.Count;

    /// <summary>The gradient with respect to a watched array, of its shape.</summary>
    /// <param name="watched">What <see cref="Ops.Watch(Tensor, string?)"/> returned.</param>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[Tensor watched] =>
        Found(watched.Node is { } node && node.Tape == _tape ? _byNode.GetValueOrDefault(node) : null, $"the array {watched.Shape}");

    /// <summary>The gradient with respect to a watched matrix, [inputs, outputs].</summary>
    /// <exception cref="PellucidException">It was not watched on this tape, or the result does not depend on it.</exception>
    public Tensor this[PackedMatrix watched] => Found(Find(watched), $"the matrix of {watched.Inputs} inputs and {watched.Outputs} outputs");

    /// <summary>The gradient that was asked for under a name.</summary>
    /// <exception cref="PellucidException">None was, or the result does not depend on it.</exception>
    public Tensor this[string key] => _byKey.TryGetValue(key, out Tensor? gradient)
        ? gradient
        : throw new PellucidException(
            $"There is no gradient '{key}': it was not watched, or the result does not depend on it. There are: {string.Join(", ", _byKey.Keys)}.");

    /// <summary>Whether the result depends on a watched matrix.</summary>
    public bool Contains(PackedMatrix watched) => _byMatrix.ContainsKey(watched);

    /// <summary>Whether the result depends on a watched array.</summary>
    public bool Contains(Tensor watched) => watched.Node is { } node && _byNode.ContainsKey(node);

    /// <summary>Frees the gradients.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _byNode.Values.Concat(_byKey.Values).Concat(_byMatrix.Values))
        {
            tensor.Dispose();
        }
    }

    internal Tensor? Find(PackedMatrix watched) => _byMatrix.GetValueOrDefault(watched);

    internal Tensor? Find(Parameter parameter) => parameter.Packed is { } packed ? Find(packed) : _byKey.GetValueOrDefault(parameter.Name);

    private static Tensor Found(Tensor? gradient, string what) => gradient ?? throw new PellucidException(
        $"There is no gradient with respect to {what}: it was not watched, or the result does not depend on it.");
}
