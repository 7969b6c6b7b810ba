namespace Pellucid.Models.Networks;

/// <summary>The parameters of one block; norms and a gate where it has them.</summary>
internal sealed record LayerWeights(
    NormWeights? Ln1, Projection Q, Projection K, Projection V, Projection O, NormWeights? Ln2, Projection? Gate, Projection In, Projection Out) : IDisposable
{
    /// <summary>Of each head's queries, [d_head].</summary>
    internal NormWeights? QNorm { get; init; }

    /// <summary>Of each head's keys, [d_head].</summary>
    internal NormWeights? KNorm { get; init; }

    /// <summary>Of what attention writes.</summary>
    internal NormWeights? Ln1Post { get; init; }

    /// <summary>Of what the MLP writes.</summary>
    internal NormWeights? Ln2Post { get; init; }

    public void Dispose()
    {
        foreach (IDisposable? part in (IDisposable?[])[Ln1, Q, K, V, O, Ln2, Gate, In, Out, QNorm, KNorm, Ln1Post, Ln2Post])
        {
            part?.Dispose();
        }
    }
}
