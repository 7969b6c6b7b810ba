using System.Collections.Frozen;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// The named parameters of a model, made from the one table that declares them. Names are TransformerLens's. Matrices are laid out as
/// x · W + b reads them, inputs by outputs, heads one after another: <c>W_Q</c> is [d_model, head · d_head], TransformerLens's [head, d_model,
/// d_head] with the axes in another order, and <c>W_O</c> is [head · d_head, d_model], the same values as its [head, d_head, d_model].
/// </summary>
public sealed class ParameterTable
{
    /// <summary>Every parameter: name, axes, which networks have it, what it holds.</summary>
    private static readonly (string Name, string Axes, Func<ModelConfig, bool> In, string Description)[] Declared =
    [
        ("embed.W_E", "d_vocab d_embed", _ => true, "token embeddings; the unembedding too where the two are tied"),
        ("embed.W_project", "d_embed d_model", IsNarrow, "from the width of the embeddings to that of the residual stream"),
        ("embed.W_token_type", "token_types d_model", config => config.TokenTypes > 0, "token type embeddings"),
        ("pos_embed.W_pos", "n_ctx d_model", config => config.PositionEmbedding == PositionKind.Learned, "position embeddings"),
        ("embed.ln.w", "d_model", config => config.EmbeddingNorm, "factors of the norm of the embeddings"),
        ("embed.ln.b", "d_model", config => config.EmbeddingNorm && HasNormBias(config), "addends of the norm of the embeddings"),
        ("blocks.{L}.ln1.w", "d_model", HasNorm, "factors of the norm before attention; after it where norms stand after"),
        ("blocks.{L}.ln1.b", "d_model", HasNormBias, "addends of the norm before attention; after it where norms stand after"),
        ("blocks.{L}.attn.W_Q", "d_model queries", _ => true, "queries"),
        ("blocks.{L}.attn.b_Q", "queries", config => config.AttentionBias, "bias of the queries"),
        ("blocks.{L}.attn.W_K", "d_model keys", _ => true, "keys"),
        ("blocks.{L}.attn.b_K", "keys", config => config.AttentionBias, "bias of the keys"),
        ("blocks.{L}.attn.W_V", "d_model keys", _ => true, "values"),
        ("blocks.{L}.attn.b_V", "keys", config => config.AttentionBias, "bias of the values"),
        ("blocks.{L}.attn.q_norm.w", "d_head", config => config.QueryKeyNorm, "factors of the norm of each head's queries"),
        ("blocks.{L}.attn.k_norm.w", "d_head", config => config.QueryKeyNorm, "factors of the norm of each head's keys"),
        ("blocks.{L}.attn.W_O", "queries d_model", _ => true, "output of the heads"),
        ("blocks.{L}.attn.b_O", "d_model", config => config.AttentionOutputBias, "bias of the attention's output"),
        ("blocks.{L}.ln1_post.w", "d_model", HasPostNorm, "factors of the norm of what attention writes"),
        ("blocks.{L}.ln1_post.b", "d_model", config => HasPostNorm(config) && HasNormBias(config), "addends of the norm of what attention writes"),
        ("blocks.{L}.ln2.w", "d_model", HasSecondNorm, "factors of the norm before the MLP; after it where norms stand after"),
        ("blocks.{L}.ln2.b", "d_model", config => HasSecondNorm(config) && HasNormBias(config), "addends of the norm before the MLP; after it where norms stand after"),
        ("blocks.{L}.mlp.W_gate", "d_model d_mlp", config => config.GatedMlp, "the gate"),
        ("blocks.{L}.mlp.b_gate", "d_mlp", config => config.GatedMlp && config.MlpBias, "bias of the gate"),
        ("blocks.{L}.mlp.W_in", "d_model d_mlp", _ => true, "into the neurons; where there is a gate, the branch that it multiplies"),
        ("blocks.{L}.mlp.b_in", "d_mlp", config => config.MlpBias, "bias into the neurons"),
        ("blocks.{L}.mlp.W_out", "d_mlp d_model", _ => true, "out of the neurons"),
        ("blocks.{L}.mlp.b_out", "d_model", config => config.MlpBias, "bias out of the neurons"),
        ("blocks.{L}.ln2_post.w", "d_model", HasPostNorm, "factors of the norm of what the MLP writes"),
        ("blocks.{L}.ln2_post.b", "d_model", config => HasPostNorm(config) && HasNormBias(config), "addends of the norm of what the MLP writes"),
        ("ln_final.w", "d_model", config => config.HasFinalNorm, "factors of the last norm"),
        ("ln_final.b", "d_model", config => config.HasFinalNorm && HasNormBias(config), "addends of the last norm"),
        ("pooler.W", "d_model d_model", config => config.Pooler, "pooled output"),
        ("pooler.b", "d_model", config => config.Pooler, "bias of the pooled output"),
        ("nsp_head.W", "d_model two", config => config.NextSentenceHead, "logits of whether the second text follows the first"),
        ("nsp_head.b", "two", config => config.NextSentenceHead, "their bias"),
        ("mlm_head.W", "d_model d_model", config => config.LogitTransform, "dense layer before the unembedding"),
        ("mlm_head.b", "d_model", config => config.LogitTransform, "its bias"),
        ("mlm_head.ln.w", "d_model", config => config.LogitTransform, "factors of the norm before the unembedding"),
        ("mlm_head.ln.b", "d_model", config => config.LogitTransform && HasNormBias(config), "addends of the norm before the unembedding"),
        ("unembed.W_project", "d_model d_embed", config => IsNarrow(config) && config.HasUnembedding, "from the width of the residual stream to that of the embeddings"),
        ("unembed.W_U", "d_embed d_vocab_out", config => config.HasUnembedding && !config.TiedEmbedding, "unembedding, where it is not the embedding turned"),
        ("unembed.b_U", "d_vocab_out", config => config.HasUnembedding && config.UnembeddingBias, "bias of the unembedding"),
    ];

    private readonly FrozenDictionary<string, ParameterPoint> _byName;

    internal ParameterTable(ModelConfig config)
    {
        (string Name, string Axes, Func<ModelConfig, bool> In, string Description)[] present = [.. Declared.Where(row => row.In(config))];
        int first = Array.FindIndex(present, row => IsPerLayer(row.Name)), last = Array.FindLastIndex(present, row => IsPerLayer(row.Name)) + 1;
        Points =
        [
            .. present[..first].Select(row => Point(config, row, 0)),
            .. Enumerable.Range(0, config.Layers).SelectMany(layer => present[first..last].Select(row => Point(config, row, layer))),
            .. present[last..].Select(row => Point(config, row, 0)),
        ];
        _byName = Points.ToFrozenDictionary(point => point.Name, StringComparer.Ordinal);
    }

    /// <summary>All parameters, in the order in which a run reads them.</summary>
    public IReadOnlyList<ParameterPoint> Points { get; }

    /// <summary>Values in all.</summary>
    public long Count => Points.Sum(point => point.Shape.Count);

    /// <summary>The parameter of that name.</summary>
    /// <exception cref="PellucidException">The model has none of that name; the message gives the nearest ones.</exception>
    public ParameterPoint this[string name] => _byName.TryGetValue(name, out ParameterPoint? point)
        ? point
        : throw new PellucidException(
            $"Parameter '{name}' is not in this model. Nearest: {string.Join(", ", Points.Select(other => other.Name).OrderBy(other => EditDistance.Between(name, other)).Take(3))}.");

    /// <summary>Whether the model has a parameter of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    private static bool HasNorm(ModelConfig config) => config.Norm != NormKind.None;

    private static bool HasSecondNorm(ModelConfig config) => HasNorm(config) && config.Block != BlockKind.ParallelSharedNorm;

    private static bool HasPostNorm(ModelConfig config) => HasNorm(config) && config.NormPlacement == NormPlacement.BeforeAndAfter;

    private static bool IsNarrow(ModelConfig config) => config.EmbeddingWidth is not null;

    private static bool HasNormBias(ModelConfig config) => config.Norm == NormKind.Layer;

    private static bool IsPerLayer(string name) => name.Contains("{L}", StringComparison.Ordinal);

    private static ParameterPoint Point(ModelConfig config, (string Name, string Axes, Func<ModelConfig, bool> In, string Description) row, int layer)
    {
        string[] axes = (IsNarrow(config) ? row.Axes : row.Axes.Replace("d_embed", "d_model", StringComparison.Ordinal)).Split(' ');
        int[] sizes = Array.ConvertAll(axes, axis => axis switch
        {
            "d_vocab" => config.Vocabulary,
            "d_embed" => config.EmbeddingWidth ?? config.DModel,
            "token_types" => config.TokenTypes,
            "d_head" => config.DHead,
            "two" => 2,
            "d_vocab_out" => config.Outputs,
            "n_ctx" => config.Context,
            "d_mlp" => config.DMlp,
            "queries" => config.Heads * config.DHead,
            "keys" => config.KeyHeads * config.DHead,
            _ => config.DModel,
        });
        return new ParameterPoint(row.Name.Replace("{L}", $"{layer}", StringComparison.Ordinal), new Shape(sizes).Named(axes), row.Description);
    }
}
