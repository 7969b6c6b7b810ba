namespace Pellucid.Models;

/// <summary>Names of activations, written so that a typing error is a compiler error.</summary>
public static class Hook
{
    /// <summary>Token embeddings, [batch, pos, d_model].</summary>
    public const string Embed = "hook_embed";

    /// <summary>Position embeddings where they are learned, [batch, pos, d_model].</summary>
    public const string PosEmbed = "hook_pos_embed";

    /// <summary>Token type embeddings where there are token types, [batch, pos, d_model].</summary>
    public const string TokenTypeEmbed = "hook_token_type_embed";

    /// <summary>Divisor of the norm of the embeddings where they are normed, [batch, pos, 1].</summary>
    public const string EmbedScale = "embed.ln.hook_scale";

    /// <summary>Normed sum of the embeddings before the norm's weight and bias, [batch, pos, d_model].</summary>
    public const string EmbedNormalized = "embed.ln.hook_normalized";

    /// <summary>Sum of the embeddings where it is normed, after the norm, [batch, pos, d_model].</summary>
    public const string FullEmbed = "hook_full_embed";

    /// <summary>Divisor of the norm before the unembedding of a network with a logit transform, [batch, pos, 1].</summary>
    public const string LogitScale = "mlm_head.ln.hook_scale";

    /// <summary>What is normed before the unembedding of a network with a logit transform, [batch, pos, d_model].</summary>
    public const string LogitNormalized = "mlm_head.ln.hook_normalized";

    /// <summary>Pooled output of a network with a pooler, [batch, d_model].</summary>
    public const string PoolerOut = "pooler.hook_pooler_out";

    /// <summary>Logits of whether the second text follows the first, [batch, 2].</summary>
    public const string NextSentenceOut = "nsp_head.hook_nsp_out";

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

    /// <summary>What a block gives on where norms stand after its sums, [batch, pos, d_model].</summary>
    public static string NormalizedResidPost(int layer) => $"blocks.{layer}.hook_normalized_resid_post";

    /// <summary>What attention writes before the norm after it, where there is one, [batch, pos, d_model].</summary>
    public static string AttnWritten(int layer) => $"blocks.{layer}.attn.hook_out";

    /// <summary>What an MLP writes before the norm after it, where there is one, [batch, pos, d_model].</summary>
    public static string MlpWritten(int layer) => $"blocks.{layer}.mlp.hook_out";

    /// <summary>Divisor of the norm of what attention writes, [batch, pos, 1].</summary>
    public static string Ln1PostScale(int layer) => $"blocks.{layer}.ln1_post.hook_scale";

    /// <summary>What attention writes, normed, before the norm's weight and bias, [batch, pos, d_model].</summary>
    public static string Ln1PostNormalized(int layer) => $"blocks.{layer}.ln1_post.hook_normalized";

    /// <summary>Divisor of the norm of what an MLP writes, [batch, pos, 1].</summary>
    public static string Ln2PostScale(int layer) => $"blocks.{layer}.ln2_post.hook_scale";

    /// <summary>What an MLP writes, normed, before the norm's weight and bias, [batch, pos, d_model].</summary>
    public static string Ln2PostNormalized(int layer) => $"blocks.{layer}.ln2_post.hook_normalized";

    /// <summary>Divisor of the norm of each head's queries, [batch, pos, head, 1].</summary>
    public static string QNormScale(int layer) => $"blocks.{layer}.attn.q_norm.hook_scale";

    /// <summary>Normed queries before the norm's weight, [batch, pos, head, d_head].</summary>
    public static string QNormNormalized(int layer) => $"blocks.{layer}.attn.q_norm.hook_normalized";

    /// <summary>Divisor of the norm of each head's keys, [batch, pos, kv_head, 1].</summary>
    public static string KNormScale(int layer) => $"blocks.{layer}.attn.k_norm.hook_scale";

    /// <summary>Normed keys before the norm's weight, [batch, pos, kv_head, d_head].</summary>
    public static string KNormNormalized(int layer) => $"blocks.{layer}.attn.k_norm.hook_normalized";
}
