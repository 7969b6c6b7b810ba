using Pellucid.Dictionaries;
using Pellucid.Models;

namespace Pellucid.Explanations.Studies;

/// <summary>Writes the same story with one latent driven up and down.</summary>
internal static class LatentSteering
{
    private const string Prompt = "Once upon a time";
    private const double HighPercentile = 0.95;

    private static readonly double?[] Multiples = [null, 2, 4, -2];

    /// <summary>
    /// Steers the best latent: the best explained one among those whose causal score is above 95 % of random directions, or among all where there is none.
    /// </summary>
    internal static SteeringStudy Study(Model model, Dictionary dictionary, IReadOnlyList<LatentCard> cards, CancellationToken cancellationToken)
    {
        LatentCard best = cards.OrderByDescending(card => card.CausalPercentile >= HighPercentile).ThenByDescending(card => card.TopAndRandom ?? 0).ThenBy(card => card.Index).First();
        GenerateOptions options = new() { MaxTokens = 80, CancellationToken = cancellationToken };
        return new SteeringStudy(best.Index, best.Explanation, Prompt,
        [
            .. Multiples.Select(multiple => new SteeringExample(
                multiple,
                (multiple is { } value ? model.With(dictionary.ClampToMultipleOfMax(best.Index, (float)value)) : model).Generate(Prompt, options).Text)),
        ]);
    }
}
