using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>Short reviews, of words with and without a valence, that end where a verdict is due.</summary>
internal static class Reviews
{
    internal const string Bos = "<bos>";
    internal const string Verdict = "verdict";
    internal const string Positive = "positive";
    internal const string Negative = "negative";

    private const int Neutrals = 5;

    internal static readonly string[] Good = ["good", "great", "lovely", "superb", "clever"];
    internal static readonly string[] Bad = ["bad", "awful", "dull", "poor", "clumsy"];
    internal static readonly string[] Plain = ["the", "film", "was", "very", "a", "story", "and", "it", "with", "cast", "score", "script"];

    /// <summary>The words of a network of reviews, BOS first.</summary>
    internal static string[] Words(params string[] others) => [Bos, Verdict, Positive, Negative, .. Good, .. Bad, .. Plain, .. others];

    /// <summary>A review: three words of one valence, none or one of the other, and plain ones, in random order, and before the verdict the words that are given.</summary>
    internal static string[] Draw(SeededRandom random, bool isGood, string[] others)
    {
        List<string> words = [.. others];
        for (int i = 0; i < 3; i++)
        {
            words.Add(random.Any(isGood ? Good : Bad));
        }

        if (random.NextInt(2) == 0)
        {
            words.Add(random.Any(isGood ? Bad : Good));
        }

        for (int i = 0; i < Neutrals; i++)
        {
            words.Add(random.Any(Plain));
        }

        string[] review = [.. words];
        random.Shuffle<string>(review);
        return [.. review, Verdict];
    }

    internal static string Answer(bool isGood) => isGood ? Positive : Negative;

    /// <summary>Gives words their valence, and head 0 to read its mean over them; nothing but a verdict is ever said.</summary>
    internal static void Write(NetworkDraft draft, string[] words)
    {
        foreach (string word in (string[])[.. Good, .. Bad])
        {
            draft.Embed(word, "has valence");
            draft.Embed(word, "valence", Array.IndexOf(Good, word) >= 0 ? 1 : -1);
        }

        draft.Embed(Bos, "begins");
        draft.Head(0, [("has valence", 60), ("begins", 30)], "valence", "mean valence");
        foreach (string word in words.Where(word => word is not (Positive or Negative)))
        {
            draft.Bias(word, -20);
        }
    }
}
