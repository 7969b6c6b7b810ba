using System.Globalization;
using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>
/// What a template's values mean, as in Python: null is None; bool, long, double and string are themselves; <see cref="TemplateList"/>,
/// <see cref="TemplateDictionary"/>, <see cref="TemplateNamespace"/>, <see cref="TemplateFunction"/> and <see cref="Undefined"/> are the rest.
/// </summary>
internal static class TemplateValue
{
    private const int DeepestValue = 100;

    internal static string TypeName(object? value) => value switch
    {
        null => "none",
        bool => "boolean",
        long => "whole number",
        double => "number",
        string => "text",
        TemplateList { IsTuple: true } => "tuple",
        TemplateList => "list",
        TemplateDictionary => "mapping",
        TemplateNamespace => "namespace",
        LoopState => "loop",
        Undefined => "undefined value",
        _ => "function",
    };

    internal static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TemplateList list => list.Items.Count > 0,
        TemplateDictionary dictionary => dictionary.Entries.Count > 0,
        _ => true,
    };

    /// <summary>A value as it is written into the text.</summary>
    internal static string Text(RenderContext context, object? value) => value switch
    {
        string text => text,
        Undefined => "",
        TemplateList or TemplateDictionary => Spelled(context, value),
        _ => Scalar(context, value),
    };

    /// <summary>A value as Python spells it in a program.</summary>
    internal static string Spelled(RenderContext context, object? value)
    {
        StringBuilder text = new();
        Spell(context, text, value, 0);
        return context.Made(text.ToString());
    }

    /// <summary>What going through a value gives.</summary>
    internal static IReadOnlyList<object?> Items(RenderContext context, object? value)
    {
        switch (value)
        {
            case TemplateList list:
                return list.Items;
            case string text:
                context.Work(8L * text.Length);
                return CodePoints.Of(text);
            case TemplateDictionary dictionary:
                context.Work(dictionary.Entries.Count);
                return [.. dictionary.Keys];
            case Undefined:
                return [];
            default:
                throw context.Error($"a {TypeName(value)} cannot be gone through; a list, a mapping or a text can.");
        }
    }

    internal static bool AreEqual(RenderContext context, object? left, object? right, int depth = 0)
    {
        context.Step();
        Deeper(context, depth);
        return (left, right) switch
        {
            (null, null) or (Undefined, Undefined) => true,
            (string a, string b) => a.Length == b.Length && TextsAreEqual(context, a, b),
            (TemplateList a, TemplateList b) => a.IsTuple == b.IsTuple && a.Items.Count == b.Items.Count && Enumerable.Range(0, a.Items.Count).All(i => AreEqual(context, a.Items[i], b.Items[i], depth + 1)),
            (TemplateDictionary a, TemplateDictionary b) => a.Entries.Count == b.Entries.Count && a.Entries.All(entry => b.TryGet(entry.Key, out object? other) && AreEqual(context, entry.Value, other, depth + 1)),
            _ => Number(left) is { } x && Number(right) is { } y ? x == y : ReferenceEquals(left, right),
        };
    }

    private static bool TextsAreEqual(RenderContext context, string a, string b)
    {
        context.Work(a.Length);
        return a == b;
    }

    /// <summary>Below zero where the left comes first.</summary>
    internal static int Compare(RenderContext context, object? left, object? right, int depth = 0)
    {
        context.Step();
        Deeper(context, depth);
        switch (left, right)
        {
            case (string a, string b):
                context.Work(Math.Min(a.Length, b.Length));
                return string.CompareOrdinal(a, b);
            case (TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple:
                for (int i = 0; i < Math.Min(a.Items.Count, b.Items.Count); i++)
                {
                    if (!AreEqual(context, a.Items[i], b.Items[i], depth + 1))
                    {
                        return Compare(context, a.Items[i], b.Items[i], depth + 1);
                    }
                }

                return a.Items.Count.CompareTo(b.Items.Count);
            case (long a, long b):
                return a.CompareTo(b);
            default:
                return Number(left) is { } x && Number(right) is { } y
                    ? x.CompareTo(y)
                    : throw context.Error($"a {TypeName(left)} and a {TypeName(right)} have no order.");
        }
    }

    /// <summary>A number as a double; booleans are 0 and 1; null for other values.</summary>
    internal static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        double number => number,
        _ => null,
    };

    /// <summary>A whole number, booleans being 0 and 1; null for other values.</summary>
    internal static long? Whole(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        _ => null,
    };

    /// <summary>Refuses values that are nested beyond what the stack holds.</summary>
    internal static void Deeper(RenderContext context, int depth)
    {
        if (depth > DeepestValue)
        {
            throw context.Error($"a value is nested more than {DeepestValue} deep.");
        }
    }

    private static string Scalar(RenderContext context, object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => FloatText.Of(number),
        _ => throw context.Error($"a {TypeName(value)} cannot be written."),
    };

    private static void Spell(RenderContext context, StringBuilder to, object? value, int depth)
    {
        context.Step();
        Deeper(context, depth);
        switch (value)
        {
            case string text:
                context.Work(text.Length);
                Quote(to, text);
                break;
            case Undefined:
                to.Append("Undefined");
                break;
            case TemplateList list:
                to.Append(list.IsTuple ? '(' : '[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    Spell(context, to.Append(i == 0 ? "" : ", "), list.Items[i], depth + 1);
                }

                to.Append(list is { IsTuple: true, Items.Count: 1 } ? "," : "").Append(list.IsTuple ? ')' : ']');
                break;
            case TemplateDictionary dictionary:
                to.Append('{');
                for (int i = 0; i < dictionary.Entries.Count; i++)
                {
                    Spell(context, to.Append(i == 0 ? "" : ", "), dictionary.Entries[i].Key, depth + 1);
                    Spell(context, to.Append(": "), dictionary.Entries[i].Value, depth + 1);
                }

                to.Append('}');
                break;
            default:
                to.Append(Scalar(context, value));
                break;
        }
    }

    private static void Quote(StringBuilder to, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        to.Append(quote);
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '\\' => to.Append("\\\\"),
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                _ when letter == quote => to.Append('\\').Append(letter),
                < ' ' or '\u007f' or (> '\u007f' and <= '\u00a0') or '\u00ad' => to.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => to.Append(letter),
            };
        }

        to.Append(quote);
    }
}
