namespace Pellucid.Models.Generation;

/// <summary>Looks for stop texts in a text that comes in pieces, and holds back what may be the beginning of one.</summary>
internal sealed class StopTextSearch(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether one has come.</summary>
    internal bool Found { get; private set; }

    /// <summary>The text that is certain by one more piece.</summary>
    internal string Next(string piece)
    {
        if (stops.Count == 0 || Found)
        {
            return Found ? "" : piece;
        }

        string text = _held + piece;
        int first = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        Found = first >= 0;
        int certain = Found ? first : text.Length - stops.Max(stop => Begun(text, stop));
        _held = Found ? "" : text[certain..];
        return text[..certain];
    }

    /// <summary>What was held back, once no more comes.</summary>
    internal string End()
    {
        string held = _held;
        _held = "";
        return held;
    }

    /// <summary>How long an end of the text is that begins the stop text.</summary>
    private static int Begun(string text, string stop)
    {
        int length = Math.Min(text.Length, stop.Length - 1);
        while (length > 0 && !text.EndsWith(stop[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    }
}
