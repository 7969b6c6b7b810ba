using Pellucid.Models.Checkpoints;

namespace Pellucid.Models.Tokenizers.Vocabularies;

/// <summary>Merges written as two tokens with a space between them.</summary>
internal static class MergeList
{
    /// <summary>The pairs in their order.</summary>
    /// <exception cref="FormatException">An entry is no pair.</exception>
    internal static List<(string Left, string Right)> Of(IReadOnlyCollection<string> lines)
    {
        List<(string, string)> merges = new(lines.Count);
        foreach (string line in lines)
        {
            int space = line.IndexOf(' ', 1 <= line.Length ? 1 : 0);
            if (space < 1 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
            {
                throw new FormatException($"merge {merges.Count} is '{JsonFile.Short(line)}'; two tokens with a space between them were expected");
            }

            merges.Add((line[..space], line[(space + 1)..]));
        }

        return merges;
    }
}
