using Pellucid.Dictionaries;
using Pellucid.Models;

namespace Pellucid.Explanations.Studies;

/// <summary>Writes the same story with one latent driven up and down.</summary>
internal static class LatentSteering
{
    private const string Prompt = "Once upon a time";
    private const double WellExplained = 0.9;

    private static readonly double?[] Multiples = [null, 0.5, 1, -1];

    /// <summary>
    /// Steers the best latent: among those whose explanation scores 0.9 or more (all, where none does), the one that moves the output most.
    /// </summary>
    internal static SteeringStudy Study(Model model, Dictionary dictionary, IReadOnlyList<LatentCard> cards, CancellationToken cancellationToken)
    {
        LatentCard best = cards.OrderByDescending(card => card.TopAndRandom >= WellExplained).ThenByDescending(card => card.CausalEffect ?? 0).ThenBy(card => card.Index).First();
        GenerateOptions options = new() { MaxTokens = 80, CancellationToken = cancellationToken };
        return new SteeringStudy(best.Index, best.Explanation, Prompt,
        [
            .. Multiples.Select(multiple => new SteeringExample(
                multiple,
                (multiple is { } value ? model.With(dictionary.ClampToMultipleOfMax(best.Index, (float)value)) : model).Generate(Prompt, options).Text)),
        ]);
    }
}
