namespace Pellucid.Models;

/// <summary>Names of activations, written so that a typing error is a compiler error.</summary>
public static class Hook
{
    /// <summary>Token embeddings, [batch, pos, d_model].</summary>
    public const string Embed = "hook_embed";

    /// <summary>Position embeddings where they are learned, [batch, pos, d_model].</summary>
    public const string PosEmbed = "hook_pos_embed";

    /// <summary>Divisor of the last norm, [batch, pos, 1].</summary>
    public const string FinalScale = "ln_final.hook_scale";

    /// <summary>Normed last residual, [batch, pos, d_model].</summary>
    public const string FinalNormalized = "ln_final.hook_normalized";

    /// <summary>Residual stream entering a block, [batch, pos, d_model].</summary>
    public static string ResidPre(int layer) => $"blocks.{layer}.hook_resid_pre";

    /// <summary>Residual stream between attention and MLP, [batch, pos, d_model].</summary>
    public static string ResidMid(int layer) => $"blocks.{layer}.hook_resid_mid";

    /// <summary>Residual stream leaving a block, [batch, pos, d_model].</summary>
    public static string ResidPost(int layer) => $"blocks.{layer}.hook_resid_post";

    /// <summary>Output of an attention block, [batch, pos, d_model].</summary>
    public static string AttnOut(int layer) => $"blocks.{layer}.hook_attn_out";

    /// <summary>Output of an MLP, [batch, pos, d_model].</summary>
    public static string MlpOut(int layer) => $"blocks.{layer}.hook_mlp_out";

    /// <summary>Queries, before any rotary embedding, [batch, pos, head, d_head].</summary>
    public static string Q(int layer) => $"blocks.{layer}.attn.hook_q";

    /// <summary>Keys, before any rotary embedding, [batch, pos, kv_head, d_head].</summary>
    public static string K(int layer) => $"blocks.{layer}.attn.hook_k";

    /// <summary>Values, [batch, pos, kv_head, d_head].</summary>
    public static string V(int layer) => $"blocks.{layer}.attn.hook_v";

    /// <summary>Queries after rotary embedding, [batch, pos, head, d_head].</summary>
    public static string RotQ(int layer) => $"blocks.{layer}.attn.hook_rot_q";

    /// <summary>Keys after rotary embedding, [batch, pos, kv_head, d_head].</summary>
    public static string RotK(int layer) => $"blocks.{layer}.attn.hook_rot_k";

    /// <summary>Attention scores before the softmax, [batch, head, query, key].</summary>
    public static string AttnScores(int layer) => $"blocks.{layer}.attn.hook_attn_scores";

    /// <summary>Attention pattern, [batch, head, query, key].</summary>
    public static string Pattern(int layer) => $"blocks.{layer}.attn.hook_pattern";

    /// <summary>Values mixed by the pattern, [batch, pos, head, d_head].</summary>
    public static string Z(int layer) => $"blocks.{layer}.attn.hook_z";

    /// <summary>What each head writes, [batch, pos, head, d_model].</summary>
    public static string Result(int layer) => $"blocks.{layer}.attn.hook_result";

    /// <summary>Neurons of an MLP before their activation function, of a gated one the gate, [batch, pos, d_mlp].</summary>
    public static string MlpPre(int layer) => $"blocks.{layer}.mlp.hook_pre";

    /// <summary>The other branch of a gated MLP, [batch, pos, d_mlp].</summary>
    public static string MlpPreLinear(int layer) => $"blocks.{layer}.mlp.hook_pre_linear";

    /// <summary>The neurons of an MLP, [batch, pos, d_mlp].</summary>
    public static string MlpPost(int layer) => $"blocks.{layer}.mlp.hook_post";

    /// <summary>Divisor of the norm before attention, [batch, pos, 1].</summary>
    public static string Ln1Scale(int layer) => $"blocks.{layer}.ln1.hook_scale";

    /// <summary>Normed residual before attention, [batch, pos, d_model].</summary>
    public static string Ln1Normalized(int layer) => $"blocks.{layer}.ln1.hook_normalized";

    /// <summary>Divisor of the norm before the MLP, [batch, pos, 1].</summary>
    public static string Ln2Scale(int layer) => $"blocks.{layer}.ln2.hook_scale";

    /// <summary>Normed residual before the MLP, [batch, pos, d_model].</summary>
    public static string Ln2Normalized(int layer) => $"blocks.{layer}.ln2.hook_normalized";
}
