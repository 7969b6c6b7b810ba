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
        ("embed.W_E", "d_vocab d_model", _ => true, "token embeddings; the unembedding too where the two are tied"),
        ("pos_embed.W_pos", "n_ctx d_model", config => config.PositionEmbedding == PositionKind.Learned, "position embeddings"),
        ("blocks.{L}.ln1.w", "d_model", HasNorm, "factors of the norm before attention"),
        ("blocks.{L}.ln1.b", "d_model", HasNormBias, "addends of the norm before attention"),
        ("blocks.{L}.attn.W_Q", "d_model queries", _ => true, "queries"),
        ("blocks.{L}.attn.b_Q", "queries", config => config.AttentionBias, "bias of the queries"),
        ("blocks.{L}.attn.W_K", "d_model keys", _ => true, "keys"),
        ("blocks.{L}.attn.b_K", "keys", config => config.AttentionBias, "bias of the keys"),
        ("blocks.{L}.attn.W_V", "d_model keys", _ => true, "values"),
        ("blocks.{L}.attn.b_V", "keys", config => config.AttentionBias, "bias of the values"),
        ("blocks.{L}.attn.W_O", "queries d_model", _ => true, "output of the heads"),
        ("blocks.{L}.attn.b_O", "d_model", config => config.AttentionOutputBias, "bias of the attention's output"),
        ("blocks.{L}.ln2.w", "d_model", HasNorm, "factors of the norm before the MLP"),
        ("blocks.{L}.ln2.b", "d_model", HasNormBias, "addends of the norm before the MLP"),
        ("blocks.{L}.mlp.W_gate", "d_model d_mlp", config => config.GatedMlp, "the gate"),
        ("blocks.{L}.mlp.b_gate", "d_mlp", config => config.GatedMlp && config.MlpBias, "bias of the gate"),
        ("blocks.{L}.mlp.W_in", "d_model d_mlp", _ => true, "into the neurons; where there is a gate, the branch that it multiplies"),
        ("blocks.{L}.mlp.b_in", "d_mlp", config => config.MlpBias, "bias into the neurons"),
        ("blocks.{L}.mlp.W_out", "d_mlp d_model", _ => true, "out of the neurons"),
        ("blocks.{L}.mlp.b_out", "d_model", config => config.MlpBias, "bias out of the neurons"),
        ("ln_final.w", "d_model", HasNorm, "factors of the last norm"),
        ("ln_final.b", "d_model", HasNormBias, "addends of the last norm"),
        ("unembed.W_U", "d_model d_vocab_out", config => !config.TiedEmbedding, "unembedding, where it is not the embedding turned"),
        ("unembed.b_U", "d_vocab_out", config => config.UnembeddingBias, "bias of the unembedding"),
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

    private static bool HasNormBias(ModelConfig config) => config.Norm == NormKind.Layer;

    private static bool IsPerLayer(string name) => name.Contains("{L}", StringComparison.Ordinal);

    private static ParameterPoint Point(ModelConfig config, (string Name, string Axes, Func<ModelConfig, bool> In, string Description) row, int layer)
    {
        string[] axes = row.Axes.Split(' ');
        int[] sizes = Array.ConvertAll(axes, axis => axis switch
        {
            "d_vocab" => config.Vocabulary,
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
