namespace Pellucid.GroundTruth.Notation;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Names
{
    /// <summary>The name nearest to a word by insertions, deletions and substitutions, and up to two that are hardly farther.</summary>
    internal static IEnumerable<string> Nearest(string word, IEnumerable<string> names)
    {
        (string Name, int Distance)[] near =
        [
            .. names.Distinct().Select(name => (Name: name, Distance: Distance(word, name))).OrderBy(name => name.Distance).ThenBy(name => name.Name, StringComparer.Ordinal).Take(3),
        ];
        return near.Where(name => name.Distance <= near[0].Distance + 1).Select(name => name.Name);
    }

    private static int Distance(string a, string b)
    {
        if (a.Length > 100 || b.Length > 100)
        {
            return Math.Max(a.Length, b.Length);
        }

        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
