namespace Pellucid.Models.Tests.HuggingFace;

/// <summary>Which of our activations each of the library's arrays is.</summary>
internal static class GoldenActivations
{
    /// <summary>Each array that is kept: its name, the hook, and the norm whose weight and bias come between.</summary>
    internal static IEnumerable<(string Array, string Hook, string? Norm)> Of(HuggingFaceFixture fixture)
    {
        foreach (string array in fixture.Arrays.Keys)
        {
            if (Of(fixture.Config, array) is { } hook)
            {
                yield return (array, hook.Hook, hook.Norm);
            }
        }
    }

    private static (string Hook, string? Norm)? Of(ModelConfig config, string array)
    {
        string[] parts = array.Split('.');
        return parts switch
        {
            ["hidden_states", "0"] => (Hook.ResidPre(0), null),
            ["hidden_states", var index] when int.Parse(index) == config.Layers && config.HasFinalNorm => (Hook.FinalNormalized, "ln_final"),
            ["hidden_states", var index] when int.Parse(index) < config.Layers => (Hook.ResidPre(int.Parse(index)), null),
            ["final_norm_in"] => (Hook.ResidPost(config.Layers - 1), null),
            ["final_norm_out"] => (Hook.FinalNormalized, "ln_final"),
            ["attentions", var layer] => (Hook.Pattern(int.Parse(layer)), null),
            ["seq_relationship_logits"] => ("nsp_head.hook_nsp_out", null),
            ["layers", var layer, var name] => Inside(config, int.Parse(layer), name),
            _ => null,
        };
    }

    private static (string Hook, string? Norm) Inside(ModelConfig config, int layer, string name) => (name, config.NormPlacement) switch
    {
        ("attn_scores", _) => (Hook.AttnScores(layer), null),
        ("q", _) => (Hook.Q(layer), null),
        ("k", _) => (Hook.K(layer), null),
        ("v", _) => (Hook.V(layer), null),
        ("z", _) => (Hook.Z(layer), null),
        ("q_normed", _) => ($"blocks.{layer}.attn.q_norm.hook_normalized", $"blocks.{layer}.attn.q_norm"),
        ("k_normed", _) => ($"blocks.{layer}.attn.k_norm.hook_normalized", $"blocks.{layer}.attn.k_norm"),
        ("q_rot", _) => (Hook.RotQ(layer), null),
        ("k_rot", _) => (Hook.RotK(layer), null),
        ("attn_out", NormPlacement.BeforeAndAfter) => ($"blocks.{layer}.attn.hook_out", null),
        ("mlp_out", NormPlacement.BeforeAndAfter) => ($"blocks.{layer}.mlp.hook_out", null),
        ("attn_out" or "attn_out_normed", _) => (Hook.AttnOut(layer), null),
        ("mlp_out" or "mlp_out_normed", _) => (Hook.MlpOut(layer), null),
        ("mlp_pre", _) => (Hook.MlpPre(layer), null),
        ("mlp_up", _) => (Hook.MlpPreLinear(layer), null),
        ("mlp_post", _) => (Hook.MlpPost(layer), null),
        ("ln1", _) => (Hook.Ln1Normalized(layer), $"blocks.{layer}.ln1"),
        ("ln2", _) => (Hook.Ln2Normalized(layer), $"blocks.{layer}.ln2"),
        ("resid_post", NormPlacement.After) => ($"blocks.{layer}.hook_normalized_resid_post", null),
        ("resid_post", _) => (Hook.ResidPost(layer), null),
        _ => throw new InvalidOperationException($"No hook is known for the array layers.{layer}.{name}."),
    };
}
