namespace Pellucid.Models.Tokenizers.Texts;

/// <summary>
/// A text on its way through normalizers, which remembers where in the original each UTF-16 unit comes from. Where no places are wanted, or nothing has been
/// changed, it carries no tables. Immutable.
/// </summary>
internal sealed class AlignedText
{
    private readonly int[]? _starts;
    private readonly int[]? _ends;
    private readonly int _origin;

    private AlignedText(string text, int origin, bool atStart, bool tracks, int[]? starts = null, int[]? ends = null) =>
        (Text, _origin, AtStart, Tracks, _starts, _ends) = (text, origin, atStart, tracks, starts, ends);

    internal string Text { get; }

    /// <summary>Whether the original begins where this text does.</summary>
    internal bool AtStart { get; }

    /// <summary>Whether places in the original are kept.</summary>
    internal bool Tracks { get; }

    /// <summary>A part of the original text.</summary>
    /// <param name="text">The part.</param>
    /// <param name="origin">Where it begins in the original.</param>
    /// <param name="tracks">Whether places are wanted.</param>
    internal static AlignedText Of(string text, int origin, bool tracks) => new(text, origin, origin == 0, tracks);

    /// <summary>What was made of another text.</summary>
    internal static AlignedText From(AlignedText source, string text, int[]? starts, int[]? ends) => new(text, source._origin, source.AtStart, source.Tracks, starts, ends);

    /// <summary>Where the unit begins in the original.</summary>
    internal int StartOf(int unit) => _starts is null ? _origin + unit : _starts[unit];

    /// <summary>Where what the unit comes from ends in the original.</summary>
    internal int EndOf(int unit) => _ends is null ? _origin + unit + 1 : _ends[unit];

    /// <summary>The place in the original of a part of this text; a part that is empty or was put in is an empty place.</summary>
    internal (int Start, int End) PlaceOf(int start, int end)
    {
        if (start >= end)
        {
            int at = Text.Length == 0 ? _origin : start < Text.Length ? StartOf(start) : EndOf(Text.Length - 1);
            return (at, at);
        }

        (int from, int to) = (int.MaxValue, 0);
        for (int unit = start; unit < end; unit++)
        {
            (int first, int last) = (StartOf(unit), EndOf(unit));
            if (last > first)
            {
                (from, to) = (Math.Min(from, first), Math.Max(to, last));
            }
        }

        return from == int.MaxValue ? (StartOf(start), StartOf(start)) : (from, to);
    }

    /// <summary>A part of this text as a text of its own.</summary>
    internal AlignedText Slice(int start, int end) => start == 0 && end == Text.Length ? this
        : start == end ? new AlignedText("", PlaceOf(start, end).Start, AtStart && start == 0, Tracks)
        : _starts is null ? new AlignedText(Text[start..end], _origin + start, AtStart && start == 0, Tracks)
        : new AlignedText(Text[start..end], StartOf(start), AtStart && start == 0, Tracks, _starts[start..end], _ends![start..end]);
}
