namespace Pellucid.Models.Chat;

/// <summary>A template's text as it is read: lines end in \n, and one at the very end is no part of it.</summary>
internal sealed class TemplateSource
{
    /// <summary>No published template comes near; parsing takes memory in proportion.</summary>
    private const int Longest = 1 << 20;

    internal TemplateSource(string text)
    {
        if (text.Length > Longest)
        {
            throw new ChatTemplateException($"the template has {text.Length} characters; at most {Longest} are read.", 1, 1);
        }

        text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text;
    }

    internal string Text { get; }

    /// <summary>An error at a place.</summary>
    internal ChatTemplateException Error(int offset, string problem)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        return new ChatTemplateException(problem.ReplaceLineEndings(" "), before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
