using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>Qwen 3 (Yang et al. 2025, arXiv:2505.09388): each head's queries and keys are normed. It was trained without BOS.</summary>
internal static class Qwen3
{
    internal static readonly ParameterRow[] HeadNorms =
    [
        Norm("blocks.{L}.attn.q_norm", "*layers.{L}.self_attn.q_norm"), Norm("blocks.{L}.attn.k_norm", "*layers.{L}.self_attn.k_norm"),
    ];

    internal static readonly Architecture Family = new(["qwen3"], Llama.Roots, file => Qwen2.WithWindow(file, Llama.Facts(file, new Llama.Defaults("qwen3", 151_936, 4096, 22_016, 32, 32, 32_768)
    {
        KeyHeads = 32,
        Head = 128,
    }) with
    {
        QueryKeyNorm = true,
        AttentionBias = file.Json.Flag("attention_bias", false),
        AttentionOutputBias = file.Json.Flag("attention_bias", false),
    }), [.. Llama.Family.Rows, .. HeadNorms]);
}
