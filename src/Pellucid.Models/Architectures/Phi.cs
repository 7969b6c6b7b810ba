using static Pellucid.Models.Architectures.ParameterRow;

namespace Pellucid.Models.Architectures;

/// <summary>Phi 1, 1.5 and 2 (Li et al. 2023, arXiv:2309.05463): attention and MLP read one norm together; a part of each head is turned.</summary>
internal static class Phi
{
    internal static readonly Architecture Family = new(["phi"], Llama.Roots, Facts,
    [
        .. Llama.Ends, Norm("blocks.{L}.ln1", "*layers.{L}.input_layernorm"),
        Linear("blocks.{L}.attn.Q", "*layers.{L}.self_attn.q_proj"), Linear("blocks.{L}.attn.K", "*layers.{L}.self_attn.k_proj"),
        Linear("blocks.{L}.attn.V", "*layers.{L}.self_attn.v_proj"), Linear("blocks.{L}.attn.O", "*layers.{L}.self_attn.dense"),
        Linear("blocks.{L}.mlp.in", "*layers.{L}.mlp.fc1"), Linear("blocks.{L}.mlp.out", "*layers.{L}.mlp.fc2"),
        Norm("ln_final", "*final_layernorm"),
    ], "qk_layernorm");

    private static ModelConfig Facts(CheckpointFacts file)
    {
        ModelConfig config = Llama.Facts(file, new Llama.Defaults("phi", 51_200, 2048, 8192, 24, 32, 2048) { Activation = "gelu_new", Bos = 1, Stop = 2 });
        return config with
        {
            Norm = NormKind.Layer,
            NormEpsilon = file.Json.Single("layer_norm_eps", 1e-5f),
            Block = BlockKind.ParallelSharedNorm,
            GatedMlp = false,
            AttentionBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            UnembeddingBias = config.HasUnembedding,
            RotaryDimensions = config.WithRotaryPart(file.Json, 0.5, "partial_rotary_factor").RotaryDimensions,
        };
    }
}
