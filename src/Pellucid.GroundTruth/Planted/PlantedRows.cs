using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Consecutive rows of planted activations. Owns the array.</summary>
/// <param name="Activations">[row, d].</param>
/// <param name="Codes">What they are made of.</param>
public sealed record PlantedRows(Tensor Activations, PlantedCodes Codes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Activations.Dispose();
}
