using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>
/// The parameters of a network as a pass reads them: embedding, a matrix of d_model inputs and d_vocab outputs, which is that of the unembedding
/// too where the two are tied, positions [n_ctx, d_model] where they are learned, blocks,
/// last norm where there are norms, unembedding of d_model inputs and d_vocab_out outputs.
/// </summary>
internal sealed record NetworkWeights(
    PackedMatrix Embedding, Tensor? Positions, IReadOnlyList<LayerWeights> Layers, NormWeights? FinalNorm, Projection Unembedding) : IDisposable
{
    private (string Name, Tensor? Array, PackedMatrix? Matrix)[]? _named;

    /// <summary>Every parameter array by its name, listed once: an array, or the matrix of a projection.</summary>
    internal (string Name, Tensor? Array, PackedMatrix? Matrix)[] Named(NetworkPlan plan) => _named ??= [.. WeightNames.Of(plan, this)];

    public void Dispose()
    {
        Embedding.Dispose();
        Positions?.Dispose();
        foreach (LayerWeights layer in Layers)
        {
            layer.Dispose();
        }

        FinalNorm?.Dispose();
        Unembedding.Dispose();
    }
}
