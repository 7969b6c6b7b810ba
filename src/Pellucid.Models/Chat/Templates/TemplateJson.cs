using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pellucid.Models.Chat;

/// <summary>JSON into a template's values and out of them, written as Python's json does with ensure_ascii off.</summary>
internal static class TemplateJson
{
    internal static object? Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.Array => new TemplateList([.. element.EnumerateArray().Select(Read)]),
        JsonValueKind.Object => ReadObject(element),
        _ => null,
    };

    /// <summary>Writes a value.</summary>
    /// <param name="context">For errors.</param>
    /// <param name="value">The value.</param>
    /// <param name="indent">Blanks before each level's lines; −1 for one line.</param>
    /// <param name="sortKeys">Whether keys are sorted.</param>
    internal static string Write(RenderContext context, object? value, int indent, bool sortKeys)
    {
        StringBuilder json = new();
        Write(context, json, value, indent, sortKeys, 0);
        return json.ToString();
    }

    private static TemplateDictionary ReadObject(JsonElement element)
    {
        TemplateDictionary dictionary = new();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            dictionary.Set(member.Name, Read(member.Value));
        }

        return dictionary;
    }

    private static void Write(RenderContext context, StringBuilder to, object? value, int indent, bool sortKeys, int depth)
    {
        context.Step();
        TemplateValue.Deeper(context, depth);
        switch (value)
        {
            case TemplateList list:
                to.Append('[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    NewItem(context, to, i, indent, depth + 1);
                    Write(context, to, list.Items[i], indent, sortKeys, depth + 1);
                }

                Close(context, to, list.Items.Count, indent, depth, ']');
                break;
            case TemplateDictionary dictionary:
                to.Append('{');
                IEnumerable<KeyValuePair<object?, object?>> entries = sortKeys ? dictionary.Entries.OrderBy(entry => Key(entry.Key), StringComparer.Ordinal) : dictionary.Entries;
                int count = 0;
                foreach ((object? key, object? member) in entries)
                {
                    NewItem(context, to, count++, indent, depth + 1);
                    Quote(context, to, Key(key));
                    Write(context, to.Append(": "), member, indent, sortKeys, depth + 1);
                }

                Close(context, to, count, indent, depth, '}');
                break;
            case string text:
                Quote(context, to, text);
                break;
            case null or bool or long or double:
                to.Append(Key(value));
                break;
            default:
                throw context.Error($"a {TemplateValue.TypeName(value)} cannot be written as JSON.");
        }
    }

    private static void NewItem(RenderContext context, StringBuilder to, int index, int indent, int depth)
    {
        to.Append(index == 0 ? "" : indent < 0 ? ", " : ",");
        NewLine(context, to, indent, depth);
    }

    private static void Close(RenderContext context, StringBuilder to, int count, int indent, int depth, char sign)
    {
        if (count > 0)
        {
            NewLine(context, to, indent, depth);
        }

        to.Append(sign);
    }

    private static void NewLine(RenderContext context, StringBuilder to, int indent, int depth)
    {
        if (indent >= 0)
        {
            context.Work(1 + ((long)indent * depth));
            to.Append('\n').Append(' ', indent * depth);
        }
    }

    private static string Key(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "NaN" : double.IsPositiveInfinity(number) ? "Infinity" : double.IsNegativeInfinity(number) ? "-Infinity" : FloatText.Of(number),
        _ => "",
    };

    private static void Quote(RenderContext context, StringBuilder to, string text)
    {
        context.Work(text.Length);
        to.Append('"');
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\n' => to.Append("\\n"),
                '\r' => to.Append("\\r"),
                '\t' => to.Append("\\t"),
                '\b' => to.Append("\\b"),
                '\f' => to.Append("\\f"),
                < ' ' => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => to.Append(letter),
            };
        }

        to.Append('"');
    }
}
