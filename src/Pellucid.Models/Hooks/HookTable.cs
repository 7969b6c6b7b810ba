using System.Collections.Frozen;

namespace Pellucid.Models;

/// <summary>
/// The named activations of a model, made from the one table that declares them. The forward pass, the documentation page
/// and the tests read the same table. Names are TransformerLens's, which the configs of published dictionaries use.
/// </summary>
public sealed class HookTable
{
    /// <summary>Every activation: name, axes, which networks have it, what it holds.</summary>
    private static readonly (string Name, string Axes, HookPresence In, string Description)[] Declared =
    [
        ("hook_embed", "batch pos d_model", HookPresence.All, "token embeddings, scaled where the network does that"),
        ("hook_pos_embed", "batch pos d_model", HookPresence.LearnedPositions, "position embeddings"),
        ("hook_token_type_embed", "batch pos d_model", HookPresence.TokenTypes, "token type embeddings"),
        ("embed.ln.hook_scale", "batch pos one", HookPresence.EmbeddingNorm, "divisor of the norm of the embeddings' sum"),
        ("embed.ln.hook_normalized", "batch pos d_model", HookPresence.EmbeddingNorm, "normed sum of the embeddings, before weight and bias"),
        ("hook_full_embed", "batch pos d_model", HookPresence.EmbeddingNorm, "normed sum of the embeddings"),
        ("blocks.{L}.hook_resid_pre", "batch pos d_model", HookPresence.All, "residual stream entering the block"),
        ("blocks.{L}.ln1.hook_scale", "batch pos one", HookPresence.NormsBefore, "divisor of the norm before attention"),
        ("blocks.{L}.ln1.hook_normalized", "batch pos d_model", HookPresence.NormsBefore, "normed residual before attention, before weight and bias"),
        ("blocks.{L}.attn.hook_q", "batch pos head d_head", HookPresence.All, "queries with their bias, before rotary embedding"),
        ("blocks.{L}.attn.hook_k", "batch pos kv_head d_head", HookPresence.All, "keys with their bias, before rotary embedding"),
        ("blocks.{L}.attn.hook_v", "batch pos kv_head d_head", HookPresence.All, "values, with their bias"),
        ("blocks.{L}.attn.q_norm.hook_scale", "batch pos head one", HookPresence.QueryKeyNorm, "divisor of the norm of a head's queries"),
        ("blocks.{L}.attn.q_norm.hook_normalized", "batch pos head d_head", HookPresence.QueryKeyNorm, "normed queries, before weight"),
        ("blocks.{L}.attn.k_norm.hook_scale", "batch pos kv_head one", HookPresence.QueryKeyNorm, "divisor of the norm of a head's keys"),
        ("blocks.{L}.attn.k_norm.hook_normalized", "batch pos kv_head d_head", HookPresence.QueryKeyNorm, "normed keys, before weight"),
        ("blocks.{L}.attn.hook_rot_q", "batch pos head d_head", HookPresence.RotaryPositions, "queries after rotary embedding"),
        ("blocks.{L}.attn.hook_rot_k", "batch pos kv_head d_head", HookPresence.RotaryPositions, "keys after rotary embedding"),
        ("blocks.{L}.attn.hook_attn_scores", "batch head query key", HookPresence.All, "scores, scaled and capped; keys that a query does not see are minus infinity"),
        ("blocks.{L}.attn.hook_pattern", "batch head query key", HookPresence.All, "attention pattern: softmax of the scores"),
        ("blocks.{L}.attn.hook_z", "batch pos head d_head", HookPresence.All, "values mixed by the pattern"),
        ("blocks.{L}.attn.hook_result", "batch pos head d_model", HookPresence.All, "what each head writes, without the bias of all and before any norm of it"),
        ("blocks.{L}.attn.hook_out", "batch pos d_model", HookPresence.NormsBeforeAndAfter, "what attention writes, before the norm after it"),
        ("blocks.{L}.ln1_post.hook_scale", "batch pos one", HookPresence.NormsBeforeAndAfter, "divisor of the norm of what attention writes"),
        ("blocks.{L}.ln1_post.hook_normalized", "batch pos d_model", HookPresence.NormsBeforeAndAfter, "what attention writes, normed, before weight and bias"),
        ("blocks.{L}.hook_attn_out", "batch pos d_model", HookPresence.All, "what the attention block adds to the residual stream"),
        ("blocks.{L}.hook_resid_mid", "batch pos d_model", HookPresence.SerialBlocks, "residual stream between attention and MLP, the sum before any norm of it"),
        ("blocks.{L}.ln1.hook_scale", "batch pos one", HookPresence.NormsAfter, "divisor of the norm after the sum with attention"),
        ("blocks.{L}.ln1.hook_normalized", "batch pos d_model", HookPresence.NormsAfter, "normed sum with attention, before weight and bias"),
        ("blocks.{L}.ln2.hook_scale", "batch pos one", HookPresence.SecondNormBefore, "divisor of the norm before the MLP"),
        ("blocks.{L}.ln2.hook_normalized", "batch pos d_model", HookPresence.SecondNormBefore, "normed residual before the MLP, before weight and bias"),
        ("blocks.{L}.mlp.hook_pre", "batch pos d_mlp", HookPresence.All, "neurons before their activation function; of a gated MLP, the gate"),
        ("blocks.{L}.mlp.hook_pre_linear", "batch pos d_mlp", HookPresence.GatedMlp, "the branch that the gate multiplies"),
        ("blocks.{L}.mlp.hook_post", "batch pos d_mlp", HookPresence.All, "the MLP's neurons: activated; of a gated MLP, the activated gate times the other branch"),
        ("blocks.{L}.mlp.hook_out", "batch pos d_model", HookPresence.NormsBeforeAndAfter, "what the MLP writes, before the norm after it"),
        ("blocks.{L}.ln2_post.hook_scale", "batch pos one", HookPresence.NormsBeforeAndAfter, "divisor of the norm of what the MLP writes"),
        ("blocks.{L}.ln2_post.hook_normalized", "batch pos d_model", HookPresence.NormsBeforeAndAfter, "what the MLP writes, normed, before weight and bias"),
        ("blocks.{L}.hook_mlp_out", "batch pos d_model", HookPresence.All, "what the MLP adds to the residual stream"),
        ("blocks.{L}.hook_resid_post", "batch pos d_model", HookPresence.All, "residual stream leaving the block, the sum before any norm of it"),
        ("blocks.{L}.ln2.hook_scale", "batch pos one", HookPresence.NormsAfter, "divisor of the norm after the sum with the MLP"),
        ("blocks.{L}.ln2.hook_normalized", "batch pos d_model", HookPresence.NormsAfter, "normed sum with the MLP, before weight and bias"),
        ("blocks.{L}.hook_normalized_resid_post", "batch pos d_model", HookPresence.NormsAfter, "the block's output: the normed sum with the MLP"),
        ("pooler.hook_pooler_out", "batch d_model", HookPresence.Pooler, "pooled output, made of the first position"),
        ("nsp_head.hook_nsp_out", "batch two", HookPresence.NextSentenceHead, "logits of whether the second text follows the first, and of whether not"),
        ("ln_final.hook_scale", "batch pos one", HookPresence.FinalNorm, "divisor of the last norm"),
        ("ln_final.hook_normalized", "batch pos d_model", HookPresence.FinalNorm, "normed last residual, before weight and bias"),
        ("mlm_head.ln.hook_scale", "batch pos one", HookPresence.LogitTransform, "divisor of the norm before the unembedding"),
        ("mlm_head.ln.hook_normalized", "batch pos d_model", HookPresence.LogitTransform, "transformed and normed residual before the unembedding, before weight and bias"),
    ];

    private readonly FrozenDictionary<string, HookPoint> _byName;
    private readonly int _layers;

    internal HookTable(ModelConfig config)
    {
        _layers = config.Layers;
        (string Name, string Axes, HookPresence In, string Description)[] present = [.. Declared.Where(row => Has(config, row.In))];
        List<HookPoint> points = [.. present.TakeWhile(row => !IsPerLayer(row.Name)).Select(row => Point(config, row, -1))];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            points.AddRange(present.Where(row => IsPerLayer(row.Name)).Select(row => Point(config, row, layer)));
        }

        points.AddRange(present.SkipWhile(row => !IsPerLayer(row.Name)).Where(row => !IsPerLayer(row.Name)).Select(row => Point(config, row, config.Layers)));
        Points = points;
        _byName = points.ToFrozenDictionary(point => point.Name, StringComparer.Ordinal);
    }

    /// <summary>All activations, in the order in which a run makes them.</summary>
    public IReadOnlyList<HookPoint> Points { get; }

    /// <summary>The rows of the declaration itself, <c>{L}</c> for the block: for the documentation page.</summary>
    public static IReadOnlyList<(string Name, string Axes, HookPresence In, string Description)> Declaration => Declared;

    /// <summary>The activation of that name.</summary>
    /// <exception cref="HookNotFoundException">The model has none of that name; the message gives the nearest ones.</exception>
    public HookPoint this[string name] => _byName.TryGetValue(name, out HookPoint? point) ? point : throw new HookNotFoundException(name, _layers, Nearest(name));

    /// <summary>Whether the model has an activation of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    private static bool Has(ModelConfig config, HookPresence presence) => presence switch
    {
        HookPresence.RotaryPositions => config.PositionEmbedding == PositionKind.Rotary,
        HookPresence.LearnedPositions => config.PositionEmbedding == PositionKind.Learned,
        HookPresence.TokenTypes => config.TokenTypes > 0,
        HookPresence.EmbeddingNorm => config.EmbeddingNorm,
        HookPresence.GatedMlp => config.GatedMlp,
        HookPresence.NormsBefore => HasNorms(config) && config.NormPlacement != NormPlacement.After,
        HookPresence.SecondNormBefore => HasNorms(config) && config.NormPlacement != NormPlacement.After && config.Block != BlockKind.ParallelSharedNorm,
        HookPresence.NormsAfter => HasNorms(config) && config.NormPlacement == NormPlacement.After,
        HookPresence.NormsBeforeAndAfter => HasNorms(config) && config.NormPlacement == NormPlacement.BeforeAndAfter,
        HookPresence.QueryKeyNorm => config.QueryKeyNorm,
        HookPresence.SerialBlocks => config.Block == BlockKind.Serial,
        HookPresence.FinalNorm => config.HasFinalNorm,
        HookPresence.LogitTransform => config.LogitTransform,
        HookPresence.Pooler => config.Pooler,
        HookPresence.NextSentenceHead => config.NextSentenceHead,
        _ => true,
    };

    private static bool HasNorms(ModelConfig config) => config.Norm != NormKind.None;

    private static bool IsPerLayer(string name) => name.Contains("{L}", StringComparison.Ordinal);

    private static HookPoint Point(ModelConfig config, (string Name, string Axes, HookPresence In, string Description) row, int layer)
    {
        string[] axes = row.Axes.Split(' ');
        int[] sizes = Array.ConvertAll(axes, axis => axis switch
        {
            "d_model" => config.DModel,
            "d_mlp" => config.DMlp,
            "d_head" => config.DHead,
            "head" => config.Heads,
            "kv_head" => config.KeyHeads,
            "one" => 1,
            "two" => 2,
            _ => 0,
        });
        return new HookPoint(row.Name.Replace("{L}", layer.ToString(), StringComparison.Ordinal), axes, sizes, layer, row.Description);
    }

    private List<string> Nearest(string name) => [.. Points.Select(point => point.Name).OrderBy(other => EditDistance.Between(name, other)).Take(3)];
}
