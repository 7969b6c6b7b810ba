using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>x · W + b: a matrix of inputs by outputs, packed, and a bias [outputs] where there is one.</summary>
internal sealed record Projection(PackedMatrix Weight, Tensor? Bias = null) : IDisposable
{
    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
    }
}
