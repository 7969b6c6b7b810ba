using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>The components of a hook itself. Immutable.</summary>
/// <param name="hook">The hook.</param>
/// <param name="width">Its width.</param>
public sealed class Neurons(string hook, int width) : IUnits
{
    /// <inheritdoc/>
    public string Kind => "neurons";

    /// <inheritdoc/>
    public string Hook => hook;

    /// <inheritdoc/>
    public int Width => width;

    /// <inheritdoc/>
    public int Count => width;

    /// <inheritdoc/>
    public Tensor Evaluate(Ops ops, Tensor activations) => activations;
}
