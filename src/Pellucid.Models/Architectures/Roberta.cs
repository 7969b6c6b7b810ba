using Pellucid.Tensors;
using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>RoBERTa (Liu et al. 2019, arXiv:1907.11692) and XLM-R (Conneau et al. 2019, arXiv:1911.02116): BERT whose positions begin behind that of padding.</summary>
internal static class Roberta
{
    internal static readonly Architecture Family = new(["roberta", "xlm-roberta", "camembert"], ["roberta.", ""], Facts,
    [
        .. Bert.Encoder, Table("pos_embed.W_pos", "*embeddings.position_embeddings", OutputSlice.After(_ => 2, config => config.Context + 2)),
        Linear("mlm_head.", "lm_head.dense"), Norm("mlm_head.ln", "lm_head.layer_norm"),
        Linear("unembed.U", "lm_head.decoder"), Vector("unembed.b_U", "lm_head|lm_head.decoder"),
    ], "is_decoder", "add_cross_attention");

    private static ModelConfig Facts(CheckpointFacts file)
    {
        ModelConfig config = Bert.Facts(file, file.Json.Text("model_type", "roberta"), 50_265, "lm_head.");
        if (config.LogitTransform && config.MlpActivation != Activation.Gelu)
        {
            throw file.Json.Bad($"'hidden_act' is {file.Json.Shown("hidden_act")}, and the head that predicts masked tokens has gelu whatever that says; networks here have one activation function");
        }

        int padding = file.Json.HasValue("pad_token_id") ? file.Json.Ids("pad_token_id")![0] : 1;
        return padding == 1 && config.Context > 2
            ? config with { Context = config.Context - 2 }
            : throw file.Json.Bad($"'pad_token_id' is {padding} and 'max_position_embeddings' {config.Context}; 1 and more than 2 were expected, since positions begin at 2");
    }
}
