using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>One named parameter array of a model.</summary>
/// <param name="Name">Its name: <c>blocks.6.attn.W_Q</c>.</param>
/// <param name="Shape">Its shape with the names of its axes; matrices are inputs by outputs.</param>
/// <param name="Description">What it holds.</param>
public sealed record ParameterPoint(string Name, Shape Shape, string Description)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shape}";
}
