using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>A norm's factors [d_model] and, where it has them, its addends [d_model].</summary>
internal sealed record NormWeights(Tensor Weight, Tensor? Bias) : IDisposable
{
    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
    }
}
