using System.Globalization;

namespace Pellucid.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchArguments(IReadOnlyList<string> Cases, bool Json, bool List, int? Rounds)
{
    internal const string Usage = "bench [CASE ...] [--json] [--list] [--rounds N]";

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">As it was given.</param>
    /// <param name="known">The names of all cases.</param>
    /// <param name="problem">What is wrong with it, where the result is null.</param>
    internal static BenchArguments? Parse(string[] arguments, IReadOnlyList<string> known, out string problem)
    {
        BenchArguments parsed = new([], false, false, null);
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            switch (argument)
            {
                case "--json":
                    parsed = parsed with { Json = true };
                    break;
                case "--list":
                    parsed = parsed with { List = true };
                    break;
                case "--rounds":
                    string value = index + 1 < arguments.Length ? arguments[++index] : "";
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) || rounds < 1)
                    {
                        problem = $"--rounds is '{value}'; it must be a number of 1 or more.";
                        return null;
                    }

                    parsed = parsed with { Rounds = rounds };
                    break;
                default:
                    if (!known.Contains(argument))
                    {
                        problem = argument.StartsWith('-')
                            ? $"There is no option '{argument}'. Usage: {Usage}"
                            : $"There is no case '{argument}'. Nearest: {string.Join(", ", known.OrderBy(name => Distance(argument, name)).Take(3))}. --list names all.";
                        return null;
                    }

                    parsed = parsed with { Cases = [.. parsed.Cases, argument] };
                    break;
            }
        }

        problem = "";
        return parsed;
    }

    /// <summary>Letters to insert, remove or exchange (Levenshtein 1966).</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= right.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
