namespace Pellucid.Models;

/// <summary>How far a misspelled name is from a known one (Levenshtein 1966): insertions, deletions and substitutions of a character.</summary>
internal static class EditDistance
{
    private const int Longest = 200;

    internal static int Between(string a, string b)
    {
        if (a.Length > Longest)
        {
            return a.Length;
        }

        int[] previous = [.. Enumerable.Range(0, b.Length + 1)], current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitute, 1 + Math.Min(previous[j], current[j - 1]));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
