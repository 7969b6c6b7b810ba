using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>DistilBERT (Sanh et al. 2019, arXiv:1910.01108): BERT of half the layers, without token types and pooler.</summary>
internal static class DistilBert
{
    internal static readonly Architecture Family = new(["distilbert"], ["distilbert.", ""], Facts,
    [
        Table("embed.W_E", "*embeddings.word_embeddings"), Table("pos_embed.W_pos", "*embeddings.position_embeddings"), Norm("embed.ln", "*embeddings.LayerNorm"),
        Linear("blocks.{L}.attn.Q", "*transformer.layer.{L}.attention.q_lin"), Linear("blocks.{L}.attn.K", "*transformer.layer.{L}.attention.k_lin"),
        Linear("blocks.{L}.attn.V", "*transformer.layer.{L}.attention.v_lin"), Linear("blocks.{L}.attn.O", "*transformer.layer.{L}.attention.out_lin"),
        Norm("blocks.{L}.ln1", "*transformer.layer.{L}.sa_layer_norm"),
        Linear("blocks.{L}.mlp.in", "*transformer.layer.{L}.ffn.lin1"), Linear("blocks.{L}.mlp.out", "*transformer.layer.{L}.ffn.lin2"),
        Norm("blocks.{L}.ln2", "*transformer.layer.{L}.output_layer_norm"),
        Linear("mlm_head.", "vocab_transform"), Norm("mlm_head.ln", "vocab_layer_norm"), Linear("unembed.U", "vocab_projector"),
    ]);

    private static ModelConfig Facts(CheckpointFacts file)
    {
        int width = file.Width("dim", 768), heads = file.Width("n_heads", 12);
        bool predicts = file.HasArray("vocab_projector.bias");
        return new ModelConfig
        {
            Architecture = "distilbert",
            Layers = file.Layers("n_layers", 6),
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = file.HeadWidth(width, heads),
            DMlp = file.Width("hidden_dim", 3072),
            Vocabulary = file.Tokens("vocab_size", 30_522),
            Context = file.Tokens("max_position_embeddings", 512),
            Norm = NormKind.Layer,
            NormEpsilon = 1e-12f,
            NormPlacement = NormPlacement.After,
            EmbeddingNorm = true,
            PositionEmbedding = PositionKind.Learned,
            IsCausal = false,
            GatedMlp = false,
            MlpActivation = file.Activation("activation", "gelu"),
            AttentionBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            TiedEmbedding = !predicts || file.Tied(true),
            HasUnembedding = predicts,
            LogitTransform = predicts,
            UnembeddingBias = predicts,
        };
    }
}
