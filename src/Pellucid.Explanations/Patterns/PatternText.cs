using System.Globalization;
using Pellucid.Models;

namespace Pellucid.Explanations;

/// <summary>A trie as a few lines for a person: <c>" park" after " to the" → 9/10</c>.</summary>
internal static class PatternText
{
    private const int Lines = 6;
    private const int Alternatives = 5;

    internal static string Of(IReadOnlyList<PatternNode> nodes, float max, Tokenizer? tokenizer)
    {
        List<(int[] Context, List<int> Pivots, int Strength)> lines = [];
        HashSet<int> said = [];
        foreach (int node in Enumerable.Range(1, nodes.Count - 1).Where(node => nodes[node].Token >= 0 && nodes[node].Support > 1)
            .OrderByDescending(node => Strength(nodes[node], max)).ThenByDescending(node => nodes[node].Support).ThenBy(node => node))
        {
            int strength = Strength(nodes[node], max);
            if (strength < 1 || Above(nodes, node).Any(above => said.Contains(above) && Strength(nodes[above], max) >= strength - 1))
            {
                continue;
            }

            int[] path = Path(nodes, node);
            int same = lines.FindIndex(line => line.Strength == strength && line.Context.AsSpan().SequenceEqual(path.AsSpan(0, path.Length - 1)));
            if (same >= 0 && lines[same].Pivots.Count < Alternatives)
            {
                lines[same].Pivots.Add(path[^1]);
            }
            else if (lines.Count < Lines)
            {
                lines.Add((path[..^1], [path[^1]], strength));
            }
            else
            {
                break;
            }

            said.Add(node);
        }

        return lines.Count == 0 ? "no pattern" : string.Join('\n', lines.Select(line => Line(line.Context, line.Pivots, line.Strength, tokenizer)));
    }

    private static string Line(int[] context, List<int> pivots, int strength, Tokenizer? tokenizer)
    {
        string which = string.Join(" or ", pivots.Select(pivot => Quoted.Token(tokenizer, pivot)));
        string after = context.Length == 0 ? "" : $" after {Quoted.Tokens(tokenizer, context)}";
        return string.Create(CultureInfo.InvariantCulture, $"{which}{after} → {strength}/10");
    }

    private static int Strength(PatternNode node, float max) => (int)Math.Clamp(Math.Round(10 * node.Value / max), 0, 10);

    private static IEnumerable<int> Above(IReadOnlyList<PatternNode> nodes, int node)
    {
        for (int above = nodes[node].Parent; above > 0; above = nodes[above].Parent)
        {
            yield return above;
        }
    }

    /// <summary>The tokens of a path in reading order; the pivot is the last.</summary>
    private static int[] Path(IReadOnlyList<PatternNode> nodes, int node)
    {
        List<int> tokens = [];
        for (; node > 0; node = nodes[node].Parent)
        {
            tokens.Add(nodes[node].Token);
        }

        return [.. tokens];
    }
}
