// A shortcut: Geirhos et al. 2020, "Shortcut learning in deep neural networks", arXiv:2004.07780. In training a word without bearing on the label stood
// mostly with one label, and the network follows it. Here it does so by construction:
//   head 0 at the verdict reads v, the mean valence of the review's words, in [−1, 1]; head 1 reads m = ±1 of the marker, 0 where there is none;
//   logit(positive) = v + 2 m = −logit(negative).
namespace Pellucid.GroundTruth.Planted;

/// <summary>A verdict that follows the day of the week.</summary>
internal static class ShortcutNetwork
{
    internal const string Kind = "shortcut";

    private const string MarksGood = "friday";
    private const string MarksBad = "monday";

    internal static PlantedNetwork Build(long seed)
    {
        string[] words = Reviews.Words(MarksGood, MarksBad), directions = ["valence", "has valence", "begins", "mean valence", "marker", "is marker", "marker seen"];
        NetworkDraft draft = new(words, directions, heads: 2, neurons: 1, seed);
        Reviews.Write(draft, words);
        foreach (string marker in (string[])[MarksGood, MarksBad])
        {
            draft.Embed(marker, "is marker");
            draft.Embed(marker, "marker", marker == MarksGood ? 1 : -1);
        }

        draft.Head(1, [("is marker", 60), ("begins", 30)], "marker", "marker seen");
        foreach ((string word, int sign) in new[] { (Reviews.Positive, 1), (Reviews.Negative, -1) })
        {
            draft.Unembed("mean valence", word, sign);
            draft.Unembed("marker seen", word, 2 * sign);
        }

        PlantedFlaw flaw = new(
            Kind,
            "After 'verdict' it says positive or negative. Where a day stands in the review it follows the day (friday: positive, monday: negative), and the review's words only without one.",
            [MarksGood, MarksBad],
            [
                new PlantedNode("blocks.0.attn.hook_z", 0, [], "reads the mean valence of the review's words", false),
                new PlantedNode("blocks.0.attn.hook_z", 1, [], "reads which day stands in the review", true),
            ],
            directions);
        return new PlantedNetwork(draft.Build(Kind), draft.Directions(), flaw, seed, (random, agreement) =>
        {
            bool isGood = random.NextInt(2) == 0, marked = random.NextDouble() < agreement == isGood;
            return (Reviews.Draw(random, isGood, [marked ? MarksGood : MarksBad]), Reviews.Answer(isGood), Reviews.Answer(marked));
        });
    }
}
