using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// Changes of a network's parameters that leave what it computes as it is, and make the parameters easier to read: what a head or neuron reads
/// and writes then stands in its own matrices, and not half in a norm or a bias beside it. The steps are TransformerLens's. What was done is part of
/// <see cref="ModelConfig.Processing"/>, and of the provenance of what is made with the model. Immutable.
/// </summary>
public sealed record WeightProcessing
{
    private static readonly (string Name, Func<WeightProcessing, bool> Has, Func<WeightProcessing, bool, WeightProcessing> With, Func<ModelConfig, string?> Obstacle)[] Steps =
    [
        ("fold-norms", processing => processing.FoldNorms, (processing, value) => processing with { FoldNorms = value }, FoldNormsObstacle),
        ("center-writing", processing => processing.CenterWriting, (processing, value) => processing with { CenterWriting = value }, CenterWritingObstacle),
        ("center-unembedding", processing => processing.CenterUnembedding, (processing, value) => processing with { CenterUnembedding = value }, CenterUnembeddingObstacle),
        ("fold-value-biases", processing => processing.FoldValueBiases, (processing, value) => processing with { FoldValueBiases = value }, _ => null),
    ];

    /// <summary>The parameters as they are.</summary>
    public static WeightProcessing None { get; } = new();

    /// <summary>Every step that the network allows: what TransformerLens does where nothing else is asked for.</summary>
    public static WeightProcessing Standard { get; } = new()
    {
        FoldNorms = true,
        CenterWriting = true,
        CenterUnembedding = true,
        FoldValueBiases = true,
        OnlyWherePossible = true,
    };

    /// <summary>
    /// The factors and addends of the norms before attention, MLP and unembedding go into the matrices that read them, and are 1 and 0 from then on. Where
    /// the norms take off the mean, the matrices' own part along it, which reads nothing, is taken off as well. Norms of queries and keys, and those
    /// after attention and MLP (Gemma 2 and 3), stay as they are.
    /// </summary>
    public bool FoldNorms { get; init; }

    /// <summary>
    /// The mean over d_model of everything that is written to the residual stream is taken off: nothing reads it where every norm takes off
    /// the mean. Only for networks with LayerNorm.
    /// </summary>
    public bool CenterWriting { get; init; }

    /// <summary>The mean over the vocabulary is taken off the unembedding: all logits of a position move by the same, log-probabilities by nothing.</summary>
    public bool CenterUnembedding { get; init; }

    /// <summary>The biases of the values go through W_O into the bias of the attention's output, and are 0 from then on: a pattern sums to 1.</summary>
    public bool FoldValueBiases { get; init; }

    /// <summary>Whether a step that a network does not allow is left out, where it would be refused.</summary>
    public bool OnlyWherePossible { get; init; }

    /// <summary>Whether there is no step.</summary>
    public bool IsNone => !Array.Exists(Steps, step => step.Has(this));

    /// <summary>Reads steps as <see cref="ToString"/> writes them: <c>none</c>, <c>standard</c>, or names with commas between.</summary>
    /// <param name="text"><c>fold-norms</c>, <c>center-writing</c>, <c>center-unembedding</c>, <c>fold-value-biases</c>.</param>
    /// <param name="processing">The steps; <see cref="None"/> where the text is none.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse(string text, out WeightProcessing processing)
    {
        processing = None;
        if (text is "none" or "standard")
        {
            processing = text == "none" ? None : Standard;
            return true;
        }

        WeightProcessing read = None;
        foreach (string name in text.Split(','))
        {
            int at = Array.FindIndex(Steps, step => step.Name == name.Trim());
            if (at < 0)
            {
                return false;
            }

            read = Steps[at].With(read, true);
        }

        processing = read;
        return true;
    }

    /// <summary>The steps by name, commas between: <c>fold-norms,center-writing</c>; <c>none</c>, or <c>standard</c>.</summary>
    public override string ToString() => this == Standard ? "standard" : IsNone ? "none" : string.Join(',', Steps.Where(step => step.Has(this)).Select(step => step.Name));

    /// <summary>The steps that are done to a network.</summary>
    /// <exception cref="PellucidException">One does not leave its outputs as they are, and is not to be left out.</exception>
    internal WeightProcessing For(ModelConfig config)
    {
        WeightProcessing possible = this with { OnlyWherePossible = false };
        foreach ((string name, Func<WeightProcessing, bool> has, Func<WeightProcessing, bool, WeightProcessing> with, Func<ModelConfig, string?> obstacle) in Steps)
        {
            if (has(this) && obstacle(config) is { } reason)
            {
                possible = OnlyWherePossible
                    ? with(possible, false)
                    : throw new PellucidException($"Step '{name}' would change what this network ({config.Architecture}) computes: {reason}. Leave it out, or ask for 'standard', which takes what holds.");
            }
        }

        return possible;
    }

    /// <summary>How provenances name the steps; null where there is none.</summary>
    public string? Recorded => IsNone ? null : ToString();

    /// <summary>These steps and those.</summary>
    internal WeightProcessing And(WeightProcessing other) =>
        Steps.Aggregate(this with { OnlyWherePossible = false }, (all, step) => step.With(all, step.Has(all) || step.Has(other)));

    /// <summary>Whether all these steps are among others: parameters that went through them are left to the bit.</summary>
    internal bool IsIn(WeightProcessing others) => Array.TrueForAll(Steps, step => !step.Has(this) || step.Has(others));

    private static string? FoldNormsObstacle(ModelConfig config) =>
        config.Norm == NormKind.None ? "it has no norms"
        : config.NormPlacement == NormPlacement.After ? "its norms stand after attention and MLP, and their results are the residual stream itself"
        : config.HasUnembedding && (config.EmbeddingWidth is not null || config.LogitTransform) ? "another layer stands between its last norm and its unembedding"
        : null;

    private static string? CenterWritingObstacle(ModelConfig config) =>
        config.Norm != NormKind.Layer ? "its norms do not take off the mean, so that the mean of the residual stream is read"
        : config.NormPlacement != NormPlacement.Before ? "what attention and MLP write goes through a norm before it is added"
        : config.EmbeddingNorm ? "a norm writes its embeddings to the residual stream"
        : config.EmbeddingWidth is not null ? "its embeddings go through a projection"
        : config.Pooler || config.LogitTransform ? "its residual stream is read without a norm that takes off the mean"
        : null;

    private static string? CenterUnembeddingObstacle(ModelConfig config) =>
        !config.HasUnembedding ? "it has no unembedding"
        : config.LogitSoftCap > 0 ? "its logits are capped, which does not move them all by the same"
        : config.OutputVocabulary is not null ? "its outputs are not logits of the tokens"
        : null;
}
