// Programs of Weiss et al. 2021 (arXiv:2106.06981) and of Lindner et al. 2023 (arXiv:2301.05062), written anew in C#.
namespace Pellucid.GroundTruth;

/// <summary>The programs that come with Pellucid, by name. Safe for any thread.</summary>
public static class BuiltInPrograms
{
    private static readonly BuiltInProgram[] All =
    [
        new("fraction-of-previous", "share of the tokens so far that are the first token of the vocabulary", ["x", "y", "z", "w"], 5,
            options => FractionOfPrevious(Rasp.Tokens == options.Vocabulary[0])),
        new("shift", "the token before", ["a", "b", "c", "d"], 5, _ => Shift(Rasp.Tokens, 1)),
        new("detect-ab", "whether \"ab\" ends here", ["a", "b"], 5, _ => Detect("a", "b")),
        new("detect-abc", "whether \"abc\" ends here", ["a", "b", "c"], 6, _ => Detect("a", "b", "c")),
        new("length", "the number of tokens", ["a", "b", "c", "d"], 3, _ => Rasp.Length),
        new("reverse", "the tokens in reverse", ["a", "b", "c", "d"], 5, _ => Reverse()),
        new("histogram", "how often each token occurs", ["a", "b", "c", "d"], 5, _ => Histogram()),
        new("pair-balance", "share of \"(\" so far less the share of \")\"", ["(", ")", "a", "b", "c"], 10,
            _ => PairBalance("(", ")").Named("pair_balance")),
        new("sort-unique", "the tokens in order, where none occurs twice", [1, 2, 3, 4], 5, _ => SortUnique(Rasp.Tokens, Rasp.Tokens).Named("sort")),
        new("sort", "the tokens, numbers of at least 1, in order", [1, 2, 3, 4], 5, options => Sort(Rasp.Tokens, Rasp.Tokens, options).Named("sort")),
        new("count", "how often the first token of the vocabulary occurs", ["a", "b", "c"], 8, options => Count(options.Vocabulary[0])),
        new("nary-map", "the token, twice, less its position", [1, 2, 3], 5, _ => NaryMap()),
        new("shuffle-dyck3", "whether \"()\", \"{}\" and \"[]\" are each balanced", ["(", ")", "{", "}", "[", "]"], 6,
            _ => ShuffleDyck("()", "{}", "[]").Named("shuffle_dyck")),
        new("shuffle-dyck2", "whether \"()\" and \"{}\" are each balanced", ["(", ")", "{", "}"], 4, _ => ShuffleDyck("()", "{}").Named("shuffle_dyck")),
        new("count-less-freq", "how many tokens occur at most twice", ["a", "b", "c"], 4, _ => CountLessFrequent(2)),
        new("sort-freq", "the tokens, the most frequent first", ["a", "b", "c"], 4,
            options => Sort(Rasp.Tokens, (-1 * Histogram()).Named("map"), options).Named("sort_freq")),
    ];

    /// <summary>The programs, those of the published table first.</summary>
    public static IReadOnlyList<BuiltInProgram> Programs => All;

    /// <summary>The program of a name.</summary>
    /// <exception cref="RaspException">There is none of that name.</exception>
    public static BuiltInProgram Get(string name) => All.FirstOrDefault(program => program.Name == name)
        ?? throw new RaspException($"There is no built-in program '{name}'. There are {string.Join(", ", All.Select(program => program.Name))}.");

    private static Expression FractionOfPrevious(Expression condition) => Rasp.Aggregate(Previous(), condition.Numerical()).Named("frac_prevs");

    private static Selector Previous() => Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.LessOrEqual).Named("previous");

    private static Expression Shift(Expression x, int offset) =>
        Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, (key, query) => query == key + offset), x).Named($"shift_by({offset})");

    /// <summary>
    /// At each position the conjunction of "the i-th last token is the i-th last of the pattern", from the first of the pattern on.
    /// </summary>
    private static Expression Detect(params string[] pattern)
    {
        Expression[] detectors =
        [
            .. pattern.Index().Select(element =>
            {
                Expression here = Rasp.Tokens == element.Item;
                int offset = pattern.Length - 1 - element.Index;
                return offset == 0 ? here : Shift(here, offset);
            }),
        ];
        return detectors.Aggregate((all, next) => all & next).Named($"detect_pattern({string.Concat(pattern)})");
    }

    private static Expression Reverse()
    {
        Expression opposite = (Rasp.Length - Rasp.Indices).Named("opp_idx");
        Expression target = (opposite - 1).Named("opp_idx-1");
        return Rasp.Aggregate(Rasp.Select(Rasp.Indices, target, Comparison.Equal), Rasp.Tokens).Named("reverse");
    }

    private static Expression Histogram() => Rasp.SelectorWidth(Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.Equal)).Named("hist");

    private static Expression PairBalance(string open, string close)
    {
        Expression opens = Rasp.Aggregate(Previous(), (Rasp.Tokens == open).Numerical().Named("bools_open")).Named("opens");
        Expression closes = Rasp.Aggregate(Previous(), (Rasp.Tokens == close).Numerical().Named("bools_close")).Named("closes");
        return opens - closes;
    }

    private static Expression SortUnique(Expression values, Expression keys)
    {
        Expression target = Rasp.SelectorWidth(Rasp.Select(keys, keys, Comparison.Less)).Named("target_pos");
        return Rasp.Aggregate(Rasp.Select(target, Rasp.Indices, Comparison.Equal), values);
    }

    /// <summary>Keys that are at least 1 apart become distinct by adding less than 1 that grows with the position.</summary>
    private static Expression Sort(Expression values, Expression keys, CompileOptions options) =>
        SortUnique(values, Rasp.SequenceMap(keys, Rasp.Indices, (key, index) => key + (index / options.Length)));

    private static Expression Count(Value token) =>
        Rasp.SelectorWidth(Rasp.Select(Rasp.Tokens, Rasp.Tokens, (key, _) => key == token)).Named($"count_{token}");

    private static Expression NaryMap() =>
        Rasp.Map([Rasp.Tokens, Rasp.Tokens, Rasp.Indices], values => values[0] + values[1] - values[2], "nary_map");

    private static Expression CountLessFrequent(int n)
    {
        Expression histogram = Histogram();
        return Rasp.SelectorWidth(Rasp.Select(histogram, histogram, (key, _) => key <= n)).Named("count_less_freq");
    }

    private static Expression ShuffleDyck(params string[] pairs)
    {
        Expression[] balances = [.. pairs.Select(pair => PairBalance(pair[..1], pair[1..]).Named($"balance_{pair}"))];

        // Closed before it was opened, anywhere.
        Expression anyNegative = balances.Select(balance => balance < 0).Aggregate((all, next) => all | next);
        Expression negative = Rasp.Map(anyNegative, x => x).Numerical().Named("any_negative");
        Expression hasNegative = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Indices, Comparison.True), negative).Named("has_neg");

        // Left open at the end.
        Expression allZero = balances.Select(balance => balance == 0).Aggregate((all, next) => all & next);
        Expression last = Rasp.Aggregate(Rasp.Select(Rasp.Indices, Rasp.Length - 1, Comparison.Equal), allZero).Named("last_zero");
        return last & (!hasNegative).Named("not_has_neg");
    }
}
