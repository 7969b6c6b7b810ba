namespace Pellucid.Models;

/// <summary>Names of parameters that code refers to, written so that a typing error is a compiler error.</summary>
public static class ParameterName
{
    /// <summary>Token embeddings, [d_vocab, d_model].</summary>
    public const string Embedding = "embed.W_E";

    /// <summary>Position embeddings where they are learned, [n_ctx, d_model].</summary>
    public const string Positions = "pos_embed.W_pos";

    /// <summary>Unembedding where it is not the embedding turned, [d_model, d_vocab_out].</summary>
    public const string Unembedding = "unembed.W_U";

    /// <summary>Bias of the unembedding where it has one, [d_vocab_out].</summary>
    public const string UnembeddingBias = "unembed.b_U";
}
