using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>The words of planted texts, and sentences of them.</summary>
internal sealed class PlantedGrammar(PlantedTextOptions options)
{
    internal const string Quote = "\"";

    internal static readonly string[] Animals = ["cat", "dog", "owl", "horse", "trout", "wasp", "mouse", "goat"];
    private static readonly string[] Things = ["table", "lamp", "stone", "boat", "bell", "coat", "ladder", "spoon"];
    private static readonly string[] Qualities = ["red", "cold", "small", "old", "quiet", "heavy", "bright", "round"];
    private static readonly string[] Deeds = ["saw", "took", "found", "left", "liked", "moved"];
    private static readonly string[] Others = ["the", "a", "was", "said", "near", ".", "not", "river", "bank", Quote];

    private readonly string[] _numbers = [.. Enumerable.Range(0, options.Numbers).Select(number => $"{number}")];

    /// <summary>All words; a word's id is its index.</summary>
    internal string[] Words => [.. Others, .. Animals, .. Things, .. Qualities, .. Deeds, .. _numbers];

    /// <summary>Words of sentences, one after another, as many as are wanted.</summary>
    internal string[] Draw(SeededRandom random, int length)
    {
        List<string> words = [];
        while (words.Count < length)
        {
            string[] sentence = Sentence(random);
            words.AddRange(random.NextInt(4) == 0 ? [Quote, .. sentence, Quote, "said", "the", random.Any(Animals), "."] : sentence);
        }

        return [.. words.Take(length)];
    }

    private string[] Sentence(SeededRandom random) => random.NextInt(4) switch
    {
        0 => ["the", .. Place(random), "was", .. Negation(random), random.Any(Qualities), "."],
        1 => [random.Any(_numbers), random.Any(Noun(random)), random.Any(Deeds), random.Any(_numbers), random.Any(Noun(random)), "."],
        2 => ["a", random.Any(Qualities), random.Any(Noun(random)), random.Any(Deeds), .. Negation(random), "the", random.Any(Noun(random)), "."],
        _ => ["the", random.Any(Noun(random)), random.Any(Deeds), "a", random.Any(Noun(random)), "near", "the", .. Place(random), "."],
    };

    private string[] Place(SeededRandom random) => random.NextDouble() < options.Distractors ? [random.Any(Qualities), "bank"] : ["river", "bank"];

    private string[] Negation(SeededRandom random) => random.NextDouble() < options.Distractors ? [] : ["not"];

    private static string[] Noun(SeededRandom random) => random.NextInt(2) == 0 ? Animals : Things;
}
