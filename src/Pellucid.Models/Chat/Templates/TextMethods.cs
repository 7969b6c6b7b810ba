using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>The methods of texts, as in Python.</summary>
internal static class TextMethods
{
    private static readonly Dictionary<string, Func<RenderContext, string, Arguments, object?>> Known = new(StringComparer.Ordinal)
    {
        ["strip"] = (context, text, arguments) => Strip(context, text, arguments.Take(context, "strip()", "chars")[0], true, true),
        ["lstrip"] = (context, text, arguments) => Strip(context, text, arguments.Take(context, "lstrip()", "chars")[0], true, false),
        ["rstrip"] = (context, text, arguments) => Strip(context, text, arguments.Take(context, "rstrip()", "chars")[0], false, true),
        ["split"] = (context, text, arguments) => Split(context, text, arguments.Take(context, "split()", "sep", "maxsplit"), fromEnd: false),
        ["rsplit"] = (context, text, arguments) => Split(context, text, arguments.Take(context, "rsplit()", "sep", "maxsplit"), fromEnd: true),
        ["splitlines"] = SplitLines,
        ["startswith"] = (context, text, arguments) => Any(context, arguments, "startswith()", part => text.StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = (context, text, arguments) => Any(context, arguments, "endswith()", part => text.EndsWith(part, StringComparison.Ordinal)),
        ["upper"] = (context, text, arguments) => Plain(context, arguments, "upper()", text.ToUpperInvariant()),
        ["lower"] = (context, text, arguments) => Plain(context, arguments, "lower()", text.ToLowerInvariant()),
        ["title"] = (context, text, arguments) => Plain(context, arguments, "title()", Title(text)),
        ["capitalize"] = (context, text, arguments) => Plain(context, arguments, "capitalize()", Capital(text)),
        ["replace"] = (context, text, arguments) => Replace(context, text, arguments.Take(context, "replace()", "old", "new", "count")),
        ["find"] = (context, text, arguments) => Find(context, text, arguments, fromEnd: false),
        ["rfind"] = (context, text, arguments) => Find(context, text, arguments, fromEnd: true),
        ["count"] = (context, text, arguments) => Parts(context, text, TextOf(context, arguments.Take(context, "count()", "sub")[0], "count()"), long.MaxValue).Count - 1L,
        ["join"] = (context, text, arguments) => Join(context, text, arguments.Take(context, "join()", "items")[0]),
        ["removeprefix"] = (context, text, arguments) => Cut(context, text, arguments, "removeprefix()", isPrefix: true),
        ["removesuffix"] = (context, text, arguments) => Cut(context, text, arguments, "removesuffix()", isPrefix: false),
        ["isdigit"] = (context, text, arguments) => All(context, arguments, "isdigit()", text, char.IsDigit),
        ["isalpha"] = (context, text, arguments) => All(context, arguments, "isalpha()", text, char.IsLetter),
        ["isalnum"] = (context, text, arguments) => All(context, arguments, "isalnum()", text, char.IsLetterOrDigit),
        ["isspace"] = (context, text, arguments) => All(context, arguments, "isspace()", text, char.IsWhiteSpace),
        ["isupper"] = (context, text, arguments) => All(context, arguments, "isupper()", text, letter => !char.IsLower(letter)) && text.Any(char.IsUpper),
        ["islower"] = (context, text, arguments) => All(context, arguments, "islower()", text, letter => !char.IsUpper(letter)) && text.Any(char.IsLower),
    };

    internal static TemplateFunction? Find(string text, string name) => Known.TryGetValue(name, out Func<RenderContext, string, Arguments, object?>? method)
        ? new TemplateFunction(name, (context, arguments) =>
        {
            context.Work(text.Length);
            return method(context, text, arguments);
        })
        : null;

    internal static string Strip(RenderContext context, string text, object? chars, bool start, bool end)
    {
        char[]? set = chars == Arguments.Missing || chars is null ? null : TextOf(context, chars, "strip()").ToCharArray();
        string stripped = text;
        if (set is null)
        {
            stripped = start ? stripped.TrimStart() : stripped;
            return context.Made(end ? stripped.TrimEnd() : stripped);
        }

        if (set.Length == 0)
        {
            return text; // Trim would take white space
        }

        stripped = start ? stripped.TrimStart(set) : stripped;
        return context.Made(end ? stripped.TrimEnd(set) : stripped);
    }

    /// <summary>The first letter of each run of letters in capitals, the others small.</summary>
    internal static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        bool inside = false;
        foreach (char letter in text)
        {
            result.Append(inside ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter));
            inside = char.IsLetter(letter);
        }

        return result.ToString();
    }

    internal static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    internal static string Replace(RenderContext context, string text, object?[] taken)
    {
        string old = TextOf(context, taken[0], "replace()"), with = TextOf(context, taken[1], "replace()");
        long count = taken[2] == Arguments.Missing || taken[2] is null ? long.MaxValue : TemplateValue.Whole(taken[2]) ?? throw context.Error("replace(): the count is no whole number.");
        count = count < 0 ? long.MaxValue : count;
        IReadOnlyList<string> parts = old.Length > 0 ? Parts(context, text, old, count) : Between(text, count);
        context.Work(parts.Sum(part => (long)part.Length) + ((long)with.Length * (parts.Count - 1)));
        return string.Join(with, parts);
    }

    internal static string Join(RenderContext context, string separator, object? items)
    {
        string[] texts = [.. TemplateValue.Items(context, items).Select(item => item as string ?? throw context.Error($"join(): a text was expected; a {TemplateValue.TypeName(item)} was met."))];
        context.Work(texts.Sum(text => (long)text.Length) + ((long)separator.Length * Math.Max(0, texts.Length - 1)));
        return string.Join(separator, texts);
    }

    internal static string TextOf(RenderContext context, object? value, string what) =>
        value as string ?? throw context.Error($"{what} needs a text; {(value == Arguments.Missing ? "nothing" : "a " + TemplateValue.TypeName(value))} was given.");

    /// <summary>The text cut at a separator, at most so many times from the start.</summary>
    private static List<string> Parts(RenderContext context, string text, string separator, long most)
    {
        if (separator.Length == 0)
        {
            throw context.Error("an empty text separates nothing.");
        }

        List<string> parts = [];
        int at = 0;
        for (int next = 0; parts.Count < most && (next = text.IndexOf(separator, at, StringComparison.Ordinal)) >= 0; at = next + separator.Length)
        {
            parts.Add(text[at..next]);
        }

        parts.Add(text[at..]);
        context.Work(text.Length + parts.Count);
        return parts;
    }

    /// <summary>The pieces between which an empty text stands: before, between and after the characters.</summary>
    private static List<string> Between(string text, long most)
    {
        IReadOnlyList<object?> letters = CodePoints.Of(text);
        int cuts = (int)Math.Min(most, letters.Count + 1L);
        List<string> parts = cuts > 0 ? [""] : [];
        parts.AddRange(letters.Take(Math.Max(0, cuts - 1)).Select(letter => (string)letter!));
        parts.Add(string.Concat(letters.Skip(Math.Max(0, cuts - 1))));
        return parts;
    }

    private static TemplateList Split(RenderContext context, string text, object?[] taken, bool fromEnd)
    {
        long most = taken[1] == Arguments.Missing ? -1 : TemplateValue.Whole(taken[1]) ?? throw context.Error("split(): maxsplit is no whole number.");
        bool atBlanks = taken[0] == Arguments.Missing || taken[0] is null;
        List<string> parts = atBlanks
            ? [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]
            : Parts(context, text, TextOf(context, taken[0], "split()"), !fromEnd && most >= 0 ? most : long.MaxValue);
        context.Work(text.Length + parts.Count);
        if (most < 0 || parts.Count - 1 <= most)
        {
            return new TemplateList([.. parts]);
        }

        if (atBlanks)
        {
            return new TemplateList([.. AtBlanks(text, (int)most, fromEnd)]);
        }

        int first = parts.Count - (int)most;
        return new TemplateList([string.Join((string)taken[0]!, parts.Take(first)), .. parts.Skip(first)]);
    }

    /// <summary>Words, as many as asked for from one end, and the rest as it stands.</summary>
    private static List<string> AtBlanks(string text, int most, bool fromEnd)
    {
        List<string> words = [];
        string rest = fromEnd ? text.TrimEnd() : text.TrimStart();
        while (words.Count < most)
        {
            int length = fromEnd ? rest.Reverse().TakeWhile(letter => !char.IsWhiteSpace(letter)).Count() : rest.TakeWhile(letter => !char.IsWhiteSpace(letter)).Count();
            words.Add(fromEnd ? rest[^length..] : rest[..length]);
            rest = fromEnd ? rest[..^length].TrimEnd() : rest[length..].TrimStart();
        }

        words.Add(rest);
        if (fromEnd)
        {
            words.Reverse();
        }

        return words;
    }

    private static object? SplitLines(RenderContext context, string text, Arguments arguments)
    {
        bool keep = arguments.Take(context, "splitlines()", "keepends")[0] is { } value && value != Arguments.Missing && TemplateValue.IsTrue(value);
        List<object?> lines = [];
        for (int at = 0; at < text.Length;)
        {
            int length = text.AsSpan(at).IndexOfAny('\n', '\r');
            int end = length < 0 ? text.Length : at + length;
            int next = end >= text.Length ? end : end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
            lines.Add(text[at..(keep ? next : end)]);
            at = next;
        }

        context.Work(text.Length);
        return new TemplateList(lines);
    }

    private static bool Any(RenderContext context, Arguments arguments, string what, Func<string, bool> test)
    {
        object? given = arguments.Take(context, what, "part")[0];
        return given is TemplateList { IsTuple: true } several
            ? several.Items.Any(part => test(TextOf(context, part, what)))
            : test(TextOf(context, given, what));
    }

    private static string Plain(RenderContext context, Arguments arguments, string what, string result)
    {
        arguments.Take(context, what);
        return context.Made(result);
    }

    private static bool All(RenderContext context, Arguments arguments, string what, string text, Func<char, bool> test)
    {
        arguments.Take(context, what);
        return text.Length > 0 && text.All(test);
    }

    private static object? Find(RenderContext context, string text, Arguments arguments, bool fromEnd)
    {
        string part = TextOf(context, arguments.Take(context, "find()", "sub")[0], "find()");
        int at = fromEnd ? text.LastIndexOf(part, StringComparison.Ordinal) : text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1L : CodePoints.Count(text[..at]);
    }

    private static string Cut(RenderContext context, string text, Arguments arguments, string what, bool isPrefix)
    {
        string part = TextOf(context, arguments.Take(context, what, "part")[0], what);
        return context.Made(isPrefix && text.StartsWith(part, StringComparison.Ordinal) ? text[part.Length..]
            : !isPrefix && text.EndsWith(part, StringComparison.Ordinal) ? text[..^part.Length]
            : text);
    }
}
