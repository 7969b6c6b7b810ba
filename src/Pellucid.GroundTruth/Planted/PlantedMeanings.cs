using System.Globalization;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>The meanings that are planted in texts: some that a few tokens decide, some that they do not, and one that is none.</summary>
internal static class PlantedMeanings
{
    private const double NoiseRate = 0.1;

    internal static PlantedMeaning[] Of(string[] words)
    {
        HashSet<int> animals = [.. PlantedGrammar.Animals.Select(IdOf)];
        HashSet<int> even = [.. words.Index().Where(word => int.TryParse(word.Item, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number % 2 == 0).Select(word => word.Index)];
        int cat = IdOf("cat"), not = IdOf("not"), river = IdOf("river"), bank = IdOf("bank"), quote = IdOf(PlantedGrammar.Quote);
        return
        [
            new("animal", "fires on names of animals", 0, (tokens, at) => animals.Contains(tokens[at])),
            new("cat", "fires on the word 'cat'", 0, (tokens, at) => tokens[at] == cat),
            new("even-number", "fires on even numbers", 0, (tokens, at) => even.Contains(tokens[at])),
            new("river-bank", "fires on 'bank' after 'river', and on no other bank", 1, (tokens, at) => tokens[at] == bank && at > 0 && tokens[at - 1] == river),
            new("after-not", "fires on any word after 'not'", 1, (tokens, at) => at > 0 && tokens[at - 1] == not),
            new("second-time", "fires where a word stands for the second time in the sequence", null, (tokens, at) => Before(tokens, at, tokens[at]) == 1),
            new("in-quotes", "fires on words inside quotation marks", null, (tokens, at) => tokens[at] != quote && Before(tokens, at, quote) % 2 == 1),
            new("every-fifth", "fires on every fifth token of the sequence", null, (_, at) => at % 5 == 4),
            new("nothing", "fires on a tenth of all tokens without any meaning", null, (tokens, at) => IsNoise(tokens, at)),
        ];

        int IdOf(string word) => Array.IndexOf(words, word);
    }

    private static int Before(IReadOnlyList<int> tokens, int at, int token)
    {
        int count = 0;
        for (int i = 0; i < at; i++)
        {
            count += tokens[i] == token ? 1 : 0;
        }

        return count;
    }

    /// <summary>A hash of everything up to the token.</summary>
    private static bool IsNoise(IReadOnlyList<int> tokens, int at)
    {
        ulong hash = 0;
        for (int i = 0; i <= at; i++)
        {
            hash = SeededRandom.Hash(hash, (ulong)tokens[i], (ulong)i);
        }

        return hash < NoiseRate * ulong.MaxValue;
    }
}
