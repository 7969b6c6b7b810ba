using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.Explanations;

/// <summary>
/// The explanation that others must beat: a unit's mean activation on each token of the training records, without regard to context;
/// for a token that was not seen, the mean over all.
/// </summary>
public sealed record TokenTableExplanation : Explanation
{
    /// <summary>Name of its explainer.</summary>
    public const string Name = "token_table";

    private readonly FrozenDictionary<int, float> _byToken = FrozenDictionary<int, float>.Empty;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Explainer => Name;

    /// <summary>Mean activation over all tokens.</summary>
    public required float Mean { get; init; }

    /// <summary>The tokens that were seen, by id, each once.</summary>
    public required IReadOnlyList<TokenMean> Tokens
    {
        get;
        init
        {
            field = value;
            _byToken = value.GroupBy(entry => entry.Token).ToFrozenDictionary(group => group.Key, group => group.First().Mean);
        }
    }

    /// <inheritdoc/>
    public override float[] Predict(IReadOnlyList<int> tokens) => [.. tokens.Select(token => _byToken.GetValueOrDefault(token, Mean))];

    private protected override void Check()
    {
        if (!float.IsFinite(Mean) || Tokens.Any(entry => !float.IsFinite(entry.Mean) || entry.Count < 1) || _byToken.Count != Tokens.Count)
        {
            throw new JsonException("its table has values that are not finite, tokens never seen, or a token twice");
        }
    }
}
