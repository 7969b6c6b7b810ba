// A unit of two meanings (Elhage et al. 2022, "Toy models of superposition", section 1: polysemantic neurons), and the same function without one.
// The network names the class of the last word; a, n, c, t are 1 on animals, numbers, colours, tools.
//   two meanings:  p = ReLU(a + n), q = ReLU(a − n), r = ReLU(n − a);   animal = p − r, number = p − q
//   one meaning:   ReLU(a), ReLU(n), and one neuron that does nothing;   animal = a, number = n
//   both:          colour = ReLU(c), tool = ReLU(t), other = 1/2
// On a word of one class p − r = a and p − q = n, so that both give the same logits.
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>A network that names the class of a word, with a neuron for two classes or one for each.</summary>
internal static class MeaningsNetwork
{
    internal const string Two = "two-meanings";
    internal const string One = "one-meaning";

    private const string Neurons = "blocks.0.mlp.hook_post";

    private static readonly (string Class, string[] Words)[] Classes =
    [
        ("animal", ["cat", "dog", "horse", "owl", "trout", "wasp"]), ("number", ["two", "seven", "nine", "forty", "sixty", "hundred"]),
        ("colour", ["red", "blue", "green", "grey", "pink", "brown"]), ("tool", ["hammer", "saw", "drill", "file", "plane", "chisel"]),
    ];

    private static readonly string[] Plain = ["the", "of", "and", "to", "in", "it"];

    internal static PlantedNetwork Build(string kind, long seed)
    {
        string[] words = [Reviews.Bos, "other", .. Classes.Select(one => one.Class), .. Classes.SelectMany(one => one.Words), .. Plain];
        string[] directions = [.. Classes.Select(one => one.Class), .. Classes.Select(one => "says " + one.Class)];
        NetworkDraft draft = new(words, directions, heads: 1, neurons: 5, seed);
        foreach ((string name, string[] members) in Classes)
        {
            foreach (string word in members)
            {
                draft.Embed(word, name);
            }

            draft.Unembed("says " + name, name, 1);
        }

        foreach (string word in words.Where(word => Classes.All(one => one.Class != word)))
        {
            draft.Bias(word, word == "other" ? 0.5 : -20);
        }

        PlantedNode[] nodes = kind == Two ? WriteTwo(draft) : WriteOne(draft);
        draft.Neuron(3, [("colour", 1)], 0, ("says colour", 1));
        draft.Neuron(4, [("tool", 1)], 0, ("says tool", 1));
        PlantedFlaw flaw = new(
            kind,
            kind == Two
                ? "It names the class of the last word. Neuron 0 fires on animals and on numbers; two neurons part them again."
                : "It names the class of the last word, with a neuron for each class.",
            [], [.. nodes, new PlantedNode(Neurons, null, [3], "fires on colours", false), new PlantedNode(Neurons, null, [4], "fires on tools", false)], directions);
        return new PlantedNetwork(draft.Build(kind), draft.Directions(), flaw, seed, Draw);
    }

    private static PlantedNode[] WriteTwo(NetworkDraft draft)
    {
        draft.Neuron(0, [("animal", 1), ("number", 1)], 0, ("says animal", 1), ("says number", 1));
        draft.Neuron(1, [("animal", 1), ("number", -1)], 0, ("says number", -1));
        draft.Neuron(2, [("number", 1), ("animal", -1)], 0, ("says animal", -1));
        return
        [
            new PlantedNode(Neurons, null, [0], "fires on animals and on numbers", true), new PlantedNode(Neurons, null, [1], "fires on animals: no number", false),
            new PlantedNode(Neurons, null, [2], "fires on numbers: no animal", false),
        ];
    }

    private static PlantedNode[] WriteOne(NetworkDraft draft)
    {
        draft.Neuron(0, [("animal", 1)], 0, ("says animal", 1));
        draft.Neuron(1, [("number", 1)], 0, ("says number", 1));
        return
        [
            new PlantedNode(Neurons, null, [0], "fires on animals", false), new PlantedNode(Neurons, null, [1], "fires on numbers", false),
            new PlantedNode(Neurons, null, [2], "does nothing", false),
        ];
    }

    private static (string[] Words, string Answer, string Said) Draw(SeededRandom random, double share)
    {
        int chosen = random.NextDouble() < share ? random.NextInt(2) : 2 + random.NextInt(3);
        string answer = chosen < Classes.Length ? Classes[chosen].Class : "other";
        string last = random.Any(chosen < Classes.Length ? Classes[chosen].Words : Plain);
        return ([random.Any(Plain), random.Any(Classes[random.NextInt(4)].Words), last], answer, answer);
    }
}
