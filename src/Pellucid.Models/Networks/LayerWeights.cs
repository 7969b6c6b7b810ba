using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>The parameters of one block. Matrices are packed inputs by outputs.</summary>
internal sealed record LayerWeights(
    Tensor Ln1,
    PackedMatrix Q,
    PackedMatrix K,
    PackedMatrix V,
    PackedMatrix O,
    Tensor Ln2,
    PackedMatrix Gate,
    PackedMatrix Up,
    PackedMatrix Down) : IDisposable
{
    public void Dispose()
    {
        foreach (IDisposable part in new IDisposable[] { Ln1, Q, K, V, O, Ln2, Gate, Up, Down })
        {
            part.Dispose();
        }
    }
}
