namespace Pellucid.GroundTruth.Notation;

/// <summary>A program's text, and the places in it.</summary>
internal sealed class SourceText
{
    /// <summary>The longest text that is read, in characters.</summary>
    internal const int LongestText = 1_000_000;

    private const int LongestExcerpt = 60;

    private readonly int[] _lineStarts;

    /// <summary>Indexes the lines of a text.</summary>
    /// <param name="text">The program.</param>
    /// <param name="name">The file that it comes from; null where it comes from none.</param>
    /// <exception cref="RaspException">The text is too long.</exception>
    internal SourceText(string text, string? name)
    {
        (Text, Name, _lineStarts) = (text, name, [0]);
        if (text.Length > LongestText)
        {
            throw Error(new TextSpan(0, 0), $"The text has {text.Length} characters and at most {LongestText} are read. A program is short; is this one?");
        }

        List<int> starts = [0];
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == '\n' || (text[at] == '\r' && !(at + 1 < text.Length && text[at + 1] == '\n')))
            {
                starts.Add(at + 1);
            }
        }

        _lineStarts = [.. starts];
    }

    /// <summary>The whole text.</summary>
    internal string Text { get; }

    /// <summary>The file that it comes from; null where it comes from none.</summary>
    internal string? Name { get; }

    /// <summary>The line, from 1, that a character stands in, and its column there, from 1.</summary>
    internal (int Line, int Column) Place(int at)
    {
        int found = Array.BinarySearch(_lineStarts, at);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, at - _lineStarts[line] + 1);
    }

    /// <summary>The text of a line, from 1, without its end.</summary>
    internal string Line(int line)
    {
        int start = _lineStarts[line - 1];
        int length = Text.AsSpan(start).IndexOfAny('\r', '\n');
        return length < 0 ? Text[start..] : Text.Substring(start, length);
    }

    /// <summary>What stands at a place, on one line and not too long.</summary>
    internal string Excerpt(TextSpan span)
    {
        string text = string.Join(' ', Text.Substring(span.Start, Math.Min(span.Length, 500)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestExcerpt ? text : text[..(LongestExcerpt - 3)] + "...";
    }

    /// <summary>A stretch of the text as errors and variables name it.</summary>
    internal SourceSpan Locate(TextSpan span)
    {
        (int line, int column) = Place(span.Start);
        string text = Excerpt(span);
        return new SourceSpan(line, column, text.Length > 0 ? text : Excerpt(new TextSpan(_lineStarts[line - 1], Line(line).Length)))
        {
            File = Name,
            LineText = Line(line),
        };
    }

    /// <summary>The error that something is wrong at a place.</summary>
    internal RaspException Error(TextSpan span, string message) => new(message, Locate(span));
}
