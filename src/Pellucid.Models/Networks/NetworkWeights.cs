using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>The parameters of a network as a pass reads them; what it does not have is null.</summary>
/// <param name="Embedding">d_model inputs, or as many as the embeddings are wide, and d_vocab outputs; the matrix of the unembedding too where the two are tied.</param>
/// <param name="Layers">The blocks.</param>
internal sealed record NetworkWeights(PackedMatrix Embedding, IReadOnlyList<LayerWeights> Layers) : IDisposable
{
    private (string Name, Tensor? Array, PackedMatrix? Matrix)[]? _named;

    /// <summary>From the width of the embeddings to d_model.</summary>
    internal Projection? EmbeddingProjection { get; init; }

    /// <summary>[n_ctx, d_model].</summary>
    internal Tensor? Positions { get; init; }

    /// <summary>[token_types, d_model].</summary>
    internal Tensor? TokenTypes { get; init; }

    internal NormWeights? EmbeddingNorm { get; init; }

    internal NormWeights? FinalNorm { get; init; }

    internal Projection? Pooler { get; init; }

    internal Projection? NextSentence { get; init; }

    /// <summary>The dense layer before the unembedding.</summary>
    internal Projection? LogitTransform { get; init; }

    internal NormWeights? LogitNorm { get; init; }

    /// <summary>From d_model to the width of the embeddings.</summary>
    internal Projection? UnembeddingProjection { get; init; }

    /// <summary>d_model, or the embeddings' own width, to d_vocab_out.</summary>
    internal Projection? Unembedding { get; init; }

    /// <summary>How matrices are held.</summary>
    internal DType Storage => Layers[0].Q.Weight.Storage;

    /// <summary>Every parameter array by its name, listed once: an array, or the matrix of a projection.</summary>
    internal (string Name, Tensor? Array, PackedMatrix? Matrix)[] Named(NetworkPlan plan) => _named ??= [.. WeightNames.Of(plan, this)];

    public void Dispose()
    {
        IDisposable?[] parts =
        [
            Embedding, EmbeddingProjection, Positions, TokenTypes, EmbeddingNorm, .. Layers, FinalNorm, Pooler, NextSentence, LogitTransform, LogitNorm,
            UnembeddingProjection, Unembedding,
        ];
        foreach (IDisposable? part in parts)
        {
            part?.Dispose();
        }
    }
}
