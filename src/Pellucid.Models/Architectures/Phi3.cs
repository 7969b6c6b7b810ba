using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>
/// Phi 3 (Abdin et al. 2024, arXiv:2404.14219): Llama whose queries, keys and values are one layer, one after another, and so are gate and branch. It was
/// trained without BOS.
/// </summary>
internal static class Phi3
{
    internal static readonly Architecture Family = new(["phi3"], Llama.Roots, Facts,
    [
        .. Llama.Ends, .. Llama.Norms,
        Linear("blocks.{L}.attn.Q", "*layers.{L}.self_attn.qkv_proj", OutputSlice.After(_ => 0, Heads)),
        Linear("blocks.{L}.attn.K", "*layers.{L}.self_attn.qkv_proj", OutputSlice.After(config => config.Heads * config.DHead, Heads)),
        Linear("blocks.{L}.attn.V", "*layers.{L}.self_attn.qkv_proj", OutputSlice.After(config => (config.Heads + config.KeyHeads) * config.DHead, Heads)),
        Linear("blocks.{L}.attn.O", "*layers.{L}.self_attn.o_proj"),
        Linear("blocks.{L}.mlp.gate", "*layers.{L}.mlp.gate_up_proj", OutputSlice.After(_ => 0, config => 2 * config.DMlp)),
        Linear("blocks.{L}.mlp.in", "*layers.{L}.mlp.gate_up_proj", OutputSlice.After(config => config.DMlp, config => 2 * config.DMlp)),
        Linear("blocks.{L}.mlp.out", "*layers.{L}.mlp.down_proj"),
    ]);

    private static int Heads(ModelConfig config) => (config.Heads + (2 * config.KeyHeads)) * config.DHead;

    private static ModelConfig Facts(CheckpointFacts file)
    {
        ModelConfig config = Llama.Facts(file, new Llama.Defaults("phi3", 32_064, 3072, 8192, 32, 32, 4096) { Epsilon = 1e-5f, Stop = 32_000 });
        return config with
        {
            Window = file.WidthOrNone("sliding_window", 0),
            RotaryDimensions = config.WithRotaryPart(file.Json, 1, "partial_rotary_factor").RotaryDimensions,
        };
    }
}
