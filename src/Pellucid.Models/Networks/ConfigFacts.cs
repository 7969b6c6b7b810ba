using System.Globalization;

namespace Pellucid.Models.Networks;

/// <summary>The facts that only some architectures have, as they enter the hash of a model: what a network does not have is not named.</summary>
internal static class ConfigFacts
{
    internal static string Of(ModelConfig config)
    {
        (string Name, string? Value)[] facts =
        [
            ("turned", Text(config.RotaryDimensions is { } turned && turned != config.DHead ? turned : null)),
            ("scaling", Scaling(config.RotaryScaling)),
            ("local base", config.LocalRotaryBase is { } local ? Text(local) : null),
            ("window", config.Window > 0 ? $"{config.Window} in {Layers(config)}" : null),
            ("score cap", config.AttentionSoftCap != 0 ? Text(config.AttentionSoftCap) : null),
            ("logit cap", config.LogitSoftCap != 0 ? Text(config.LogitSoftCap) : null),
            ("by layer", config.ScalesScoresByLayer ? "yes" : null),
            ("head norms", config.QueryKeyNorm ? "yes" : null),
            ("block", config.Block != BlockKind.Serial ? $"{config.Block}" : null),
            ("norms", config.NormPlacement != NormPlacement.Before ? $"{config.NormPlacement}" : null),
            ("embedding scale", config.EmbeddingScale != 1 ? Text(config.EmbeddingScale) : null),
            ("embedding norm", config.EmbeddingNorm ? "yes" : null),
            ("unembedding", config.HasUnembedding ? null : "no"),
            ("transform", config.LogitTransform ? "yes" : null),
            ("pooler", config.Pooler ? "yes" : null),
            ("next sentence", config.NextSentenceHead ? "yes" : null),
        ];
        string text = string.Join(", ", facts.Where(fact => fact.Value is not null).Select(fact => $"{fact.Name} {fact.Value}"));
        return text.Length == 0 ? "" : text + "\n";
    }

    private static string Layers(ModelConfig config) => string.Concat(Enumerable.Range(0, config.Layers).Select(layer => config.IsLocal(layer) ? '1' : '0'));

    private static string? Scaling(RotaryScaling? scaling) => scaling is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{scaling.Kind} {scaling.Factor:R} {scaling.OriginalContext} {scaling.LowFrequencyFactor:R} {scaling.HighFrequencyFactor:R} {scaling.BetaFast:R} {scaling.BetaSlow:R} {scaling.AttentionFactor ?? ((0.1 * Math.Log(scaling.Factor)) + 1):R}");

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
