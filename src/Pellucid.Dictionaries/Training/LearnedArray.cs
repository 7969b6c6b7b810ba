using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Dictionaries.Training;

/// <summary>An array that is learned, by its name in files. Its gradient has memory only once that is asked for. Owns the gradient.</summary>
internal sealed class LearnedArray(string name, AdamArray array) : IDisposable
{
    private Tensor? _gradient;

    internal string Name => name;

    internal Tensor Value => array.Value;

    internal Tensor First => array.First;

    internal Tensor Second => array.Second;

    /// <summary>Filled by <see cref="DictionaryStep.WriteGradients"/> only: an update sums gradients where it uses them.</summary>
    internal Tensor Gradient => _gradient ??= Tensor.Zeros(array.Value.Shape);

    public void Dispose() => _gradient?.Dispose();
}
