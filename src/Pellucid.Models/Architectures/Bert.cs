using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>BERT (Devlin et al. 2018, arXiv:1810.04805) and what was made of it: sentence encoders. Which heads there are follows from the arrays.</summary>
internal static class Bert
{
    internal static readonly ParameterRow[] Encoder =
    [
        Table("embed.W_E", "*embeddings.word_embeddings"), Table("embed.W_token_type", "*embeddings.token_type_embeddings"),
        Norm("embed.ln", "*embeddings.LayerNorm"),
        Linear("blocks.{L}.attn.Q", "*encoder.layer.{L}.attention.self.query"), Linear("blocks.{L}.attn.K", "*encoder.layer.{L}.attention.self.key"),
        Linear("blocks.{L}.attn.V", "*encoder.layer.{L}.attention.self.value"), Linear("blocks.{L}.attn.O", "*encoder.layer.{L}.attention.output.dense"),
        Norm("blocks.{L}.ln1", "*encoder.layer.{L}.attention.output.LayerNorm"),
        Linear("blocks.{L}.mlp.in", "*encoder.layer.{L}.intermediate.dense"), Linear("blocks.{L}.mlp.out", "*encoder.layer.{L}.output.dense"),
        Norm("blocks.{L}.ln2", "*encoder.layer.{L}.output.LayerNorm"), Linear("pooler.", "*pooler.dense"),
    ];

    internal static readonly Architecture Family = new(["bert"], ["bert.", ""], file => Facts(file, "bert", 30_522, "cls.predictions.") with
    {
        NextSentenceHead = file.HasArray("*pooler.dense.weight") && file.HasArray("cls.seq_relationship.weight"),
    },
    [
        .. Encoder, Table("pos_embed.W_pos", "*embeddings.position_embeddings"), Linear("nsp_head.", "cls.seq_relationship"),
        Linear("mlm_head.", "cls.predictions.transform.dense"), Norm("mlm_head.ln", "cls.predictions.transform.LayerNorm"),
        Linear("unembed.U", "cls.predictions.decoder"), Vector("unembed.b_U", "cls.predictions|cls.predictions.decoder"),
    ], "is_decoder", "add_cross_attention");

    /// <summary>The facts of an encoder of this form.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="name">The family.</param>
    /// <param name="tokens">The vocabulary where the file does not say.</param>
    /// <param name="head">What stands before the arrays of the head that predicts masked tokens.</param>
    internal static ModelConfig Facts(CheckpointFacts file, string name, int tokens, string head)
    {
        int width = file.Width("hidden_size", 768), heads = file.Width("num_attention_heads", 12);
        bool predicts = file.HasArray(head + "bias") || file.HasArray(head + "decoder.bias");
        string positions = file.Json.Text("position_embedding_type", "absolute");
        return positions != "absolute" ? throw file.Json.Bad($"'position_embedding_type' is '{positions}'; only absolute can be read") : new ModelConfig
        {
            Architecture = name,
            Layers = file.Layers("num_hidden_layers", 12),
            DModel = width,
            Heads = heads,
            KeyHeads = heads,
            DHead = file.HeadWidth(width, heads),
            DMlp = file.Width("intermediate_size", 3072),
            Vocabulary = file.Tokens("vocab_size", tokens),
            Context = file.Tokens("max_position_embeddings", 512),
            TokenTypes = file.Width("type_vocab_size", 2),
            Norm = NormKind.Layer,
            NormEpsilon = file.Json.Single("layer_norm_eps", 1e-12f),
            NormPlacement = NormPlacement.After,
            EmbeddingNorm = true,
            PositionEmbedding = PositionKind.Learned,
            IsCausal = false,
            GatedMlp = false,
            MlpActivation = file.Activation("hidden_act", "gelu"),
            AttentionBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            TiedEmbedding = !predicts || file.Tied(true),
            HasUnembedding = predicts,
            LogitTransform = predicts,
            UnembeddingBias = predicts,
            Pooler = file.HasArray("*pooler.dense.weight"),
        };
    }
}
