using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>
/// Anything that turns the activations of one hook into values: its neurons, directions in it, latents of a dictionary.
/// What explains and scores units asks for no more than this, so the same code runs on latents and on every control.
/// </summary>
public interface IUnits
{
    /// <summary>What they are, for reports: <c>neurons</c>, <c>latents</c>.</summary>
    string Kind { get; }

    /// <summary>The hook that they read.</summary>
    string Hook { get; }

    /// <summary>Width of the hook.</summary>
    int Width { get; }

    /// <summary>How many units there are.</summary>
    int Count { get; }

    /// <summary>The units' values.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="activations">[rows, width].</param>
    /// <returns>[rows, count].</returns>
    Tensor Evaluate(Ops ops, Tensor activations);
}
