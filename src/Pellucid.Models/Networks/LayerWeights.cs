namespace Pellucid.Models.Networks;

/// <summary>The parameters of one block; norms and a gate where it has them.</summary>
internal sealed record LayerWeights(
    NormWeights? Ln1, Projection Q, Projection K, Projection V, Projection O, NormWeights? Ln2, Projection? Gate, Projection In, Projection Out) : IDisposable
{
    public void Dispose()
    {
        foreach (IDisposable? part in (IDisposable?[])[Ln1, Q, K, V, O, Ln2, Gate, In, Out])
        {
            part?.Dispose();
        }
    }
}
