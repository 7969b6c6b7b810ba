namespace Pellucid.Cli.Frame;

/// <summary>Finds what somebody meant to type.</summary>
internal static class Spelling
{
    /// <summary>The names nearest to a word, nearest first.</summary>
    internal static IEnumerable<string> Nearest(string word, IEnumerable<string> names, int count = 3) =>
        names.OrderBy(name => Distance(word, name)).ThenBy(name => name, StringComparer.Ordinal).Take(count);

    /// <summary>Insertions, deletions and substitutions between two words; what is longer than a word counts by its length.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 100)
        {
            return a.Length;
        }

        int[] previous = [.. Enumerable.Range(0, b.Length + 1)], current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substituted, 1 + Math.Min(previous[j], current[j - 1]));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
