using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>One <c>--positions</c>: a range, or some places, of which one below zero counts from the end.</summary>
internal sealed record PositionChoice(Range? Range, IReadOnlyList<Index> Places)
{
    internal static Option<PositionChoice?> Option() => Values.Parsed<PositionChoice?>(
        "--positions", "last|A..B|LIST", "Keep captured activations at these positions alone: last, 2..5 (5 left out) or 0,4,-1; all by default.", null,
        "last, a range such as 2..5, or positions such as 0,4,-1", text => Parse(text) is { } choice ? (true, choice) : (false, null));

    internal static PositionChoice? Parse(string text)
    {
        if (text == "last")
        {
            return new PositionChoice(null, [^1]);
        }

        if (text.Split("..") is [var from, var to])
        {
            Index? start = from.Length == 0 ? Index.Start : Place(from), end = to.Length == 0 ? Index.End : Place(to);
            return start is { } first && end is { } last ? new PositionChoice(first..last, []) : null;
        }

        Index?[] places = [.. text.Split(',').Select(Place)];
        return places.Contains(null) ? null : new PositionChoice(null, [.. places.OfType<Index>()]);
    }

    internal Capture Of(Capture capture) => Range is { } range ? capture.At(range) : capture.At([.. Places]);

    private static Index? Place(string text) => int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int place) && place != int.MinValue
        ? new Index(Math.Abs(place), fromEnd: place < 0)
        : null;
}
