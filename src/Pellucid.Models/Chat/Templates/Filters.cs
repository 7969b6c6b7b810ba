using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pellucid.Models.Chat;

/// <summary>What can stand behind '|'. Filters that give a generator in Jinja give a list.</summary>
internal static partial class Filters
{
    private static readonly Dictionary<string, Func<RenderContext, object?, Arguments, object?>> Known = new(StringComparer.Ordinal)
    {
        ["trim"] = (context, value, arguments) => TextMethods.Strip(context, Text(context, value), arguments.Take(context, "trim", "chars")[0], true, true),
        ["length"] = Length,
        ["count"] = Length,
        ["upper"] = (context, value, arguments) => Plain(context, arguments, "upper", Text(context, value).ToUpperInvariant()),
        ["lower"] = (context, value, arguments) => Plain(context, arguments, "lower", Text(context, value).ToLowerInvariant()),
        ["capitalize"] = (context, value, arguments) => Plain(context, arguments, "capitalize", TextMethods.Capital(Text(context, value))),
        ["title"] = (context, value, arguments) => Plain(context, arguments, "title", string.Concat(WordStart().Split(Text(context, value)).Select(TextMethods.Capital))),
        ["string"] = (context, value, arguments) => Plain(context, arguments, "string", Text(context, value)),
        ["safe"] = (context, value, arguments) => Plain(context, arguments, "safe", Text(context, value)),
        ["e"] = Escape,
        ["escape"] = Escape,
        ["replace"] = (context, value, arguments) =>
        {
            object?[] taken = arguments.Take(context, "replace", "old", "new", "count");
            return TextMethods.Replace(context, Text(context, value), [TextOf(context, taken[0]), TextOf(context, taken[1]), taken[2]]);
        },
        ["join"] = Join,
        ["default"] = Default,
        ["d"] = Default,
        ["first"] = (context, value, _) => TemplateValue.Items(context, value) is { Count: > 0 } items ? items[0] : new Undefined("an empty list has no first item"),
        ["last"] = (context, value, _) => TemplateValue.Items(context, value) is { Count: > 0 } items ? items[^1] : new Undefined("an empty list has no last item"),
        ["list"] = (context, value, _) => List(context, TemplateValue.Items(context, value)),
        ["items"] = (context, value, arguments) => value switch
        {
            TemplateDictionary dictionary => DictionaryMethods.Items(context, dictionary, arguments),
            Undefined => new TemplateList([]),
            _ => throw context.Error($"'items' needs a mapping; a {TemplateValue.TypeName(value)} was met."),
        },
        ["reverse"] = (context, value, _) => value is string text
            ? CodePoints.At(text, Enumerable.Range(0, CodePoints.Count(text)).Reverse())
            : List(context, [.. TemplateValue.Items(context, value).Reverse()]),
        ["tojson"] = ToJson,
        ["int"] = Int,
        ["float"] = Float,
        ["abs"] = (context, value, _) => value is double number ? (object)Math.Abs(number)
            : TemplateValue.Whole(value) is { } whole and > long.MinValue ? Math.Abs(whole) : throw context.Error($"'abs' needs a number; a {TemplateValue.TypeName(value)} was met."),
        ["round"] = Round,
        ["sum"] = (context, value, arguments) =>
        {
            object?[] taken = arguments.Take(context, "sum", "attribute", "start");
            return TemplateValue.Items(context, value).Select(item => taken[0] == Arguments.Missing || taken[0] is null ? item : ListFilters.Member(context, item, taken[0]))
                .Aggregate(taken[1] == Arguments.Missing ? 0L : taken[1], (sum, item) => Arithmetic.Compute(context, "+", sum, item));
        },
        ["indent"] = Indent,
        ["wordcount"] = (context, value, _) => (long)Text(context, value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
        ["attr"] = (context, value, arguments) => Members.Attribute(context, value, TextMethods.TextOf(context, arguments.Take(context, "attr", "name")[0], "attr")),
        ["map"] = ListFilters.Map,
        ["select"] = (context, value, arguments) => ListFilters.Select(context, value, arguments, byAttribute: false, keeps: true),
        ["reject"] = (context, value, arguments) => ListFilters.Select(context, value, arguments, byAttribute: false, keeps: false),
        ["selectattr"] = (context, value, arguments) => ListFilters.Select(context, value, arguments, byAttribute: true, keeps: true),
        ["rejectattr"] = (context, value, arguments) => ListFilters.Select(context, value, arguments, byAttribute: true, keeps: false),
        ["dictsort"] = ListFilters.DictSort,
        ["unique"] = ListFilters.Unique,
        ["sort"] = ListFilters.Sort,
        ["min"] = (context, value, arguments) => ListFilters.Extreme(context, value, arguments, "min", largest: false),
        ["max"] = (context, value, arguments) => ListFilters.Extreme(context, value, arguments, "max", largest: true),
    };

    internal static IEnumerable<string> Names => Known.Keys;

    internal static bool Has(string name) => Known.ContainsKey(name);

    internal static object? Apply(RenderContext context, string name, object? value, Arguments arguments)
    {
        if (!Known.TryGetValue(name, out Func<RenderContext, object?, Arguments, object?>? filter))
        {
            throw context.Error($"there is no filter '{name}'.");
        }

        context.Work((value as string)?.Length ?? 1);
        return filter(context, value, arguments);
    }

    internal static TemplateList List(RenderContext context, IReadOnlyList<object?> items)
    {
        context.Work(items.Count);
        return new TemplateList(items);
    }

    /// <summary>Whether an argument was given and is true.</summary>
    internal static bool IsOn(object? argument, bool fallback = false) => argument == Arguments.Missing ? fallback : TemplateValue.IsTrue(argument);

    private static string Text(RenderContext context, object? value) => TemplateValue.Text(context, value);

    private static object? TextOf(RenderContext context, object? value) => value == Arguments.Missing ? value : Text(context, value);

    private static string Plain(RenderContext context, Arguments arguments, string name, string result)
    {
        arguments.Take(context, name);
        return context.Made(result);
    }

    private static object? Length(RenderContext context, object? value, Arguments arguments)
    {
        arguments.Take(context, "length");
        return (long)(value switch
        {
            string text => CodePoints.Count(text),
            TemplateList list => list.Items.Count,
            TemplateDictionary dictionary => dictionary.Entries.Count,
            Undefined => 0,
            _ => throw context.Error($"a {TemplateValue.TypeName(value)} has no length."),
        });
    }

    private static object? Escape(RenderContext context, object? value, Arguments arguments) => Plain(context, arguments, "escape", Text(context, value)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal));

    private static object? Join(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "join", "d", "attribute");
        string separator = taken[0] == Arguments.Missing ? "" : Text(context, taken[0]);
        IReadOnlyList<object?> items = TemplateValue.Items(context, value);
        string[] texts = [.. items.Select(item => Text(context, taken[1] == Arguments.Missing || taken[1] is null ? item : ListFilters.Member(context, item, taken[1])))];
        return TextMethods.Join(context, separator, new TemplateList(texts));
    }

    private static object? Default(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "default", "default_value", "boolean");
        return value is Undefined || (IsOn(taken[1]) && !TemplateValue.IsTrue(value)) ? (taken[0] == Arguments.Missing ? "" : taken[0]) : value;
    }

    private static object? ToJson(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "tojson", "indent", "ensure_ascii", "separators", "sort_keys");
        if (IsOn(taken[1]) || (taken[2] != Arguments.Missing && taken[2] is not null))
        {
            throw context.Error("'tojson' writes every character as it is and usual separators; leave out ensure_ascii and separators.");
        }

        long indent = taken[0] == Arguments.Missing || taken[0] is null ? -1 : TemplateValue.Whole(taken[0]) ?? throw context.Error("'tojson' needs a whole number as indent.");
        return context.Made(TemplateJson.Write(context, value, (int)Math.Clamp(indent, -1, 100), IsOn(taken[3])));
    }

    private static object? Int(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "int", "default", "base");
        object? fallback = taken[0] == Arguments.Missing ? 0L : taken[0];
        return value switch
        {
            bool or long => TemplateValue.Whole(value),
            double number when Math.Abs(number) < 9e18 => (long)number,
            string text when long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole) => whole,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 9e18 => (long)number,
            _ => fallback,
        };
    }

    private static object? Float(RenderContext context, object? value, Arguments arguments)
    {
        object? fallback = arguments.Take(context, "float", "default")[0];
        return value is string text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : TemplateValue.Number(value) is { } there ? there
            : fallback == Arguments.Missing ? 0.0 : fallback;
    }

    private static object? Round(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "round", "precision", "method");
        double number = TemplateValue.Number(value) ?? throw context.Error($"'round' needs a number; a {TemplateValue.TypeName(value)} was met.");
        int digits = (int)Math.Clamp(taken[0] == Arguments.Missing ? 0 : TemplateValue.Whole(taken[0]) ?? 0, 0, 15);
        double scale = Math.Pow(10, digits);
        return (taken[1] as string) switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            null or "common" => Math.Round(number, digits, MidpointRounding.ToEven),
            var other => throw context.Error($"'round' has no method '{other}': common, ceil, floor."),
        };
    }

    private static object? Indent(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "indent", "width", "first", "blank");
        string blanks = taken[0] is string own ? own : new string(' ', (int)Math.Clamp(taken[0] == Arguments.Missing ? 4 : TemplateValue.Whole(taken[0]) ?? 4, 0, 1000));
        bool first = IsOn(taken[1]), blank = IsOn(taken[2]);
        string[] lines = Text(context, value).Split('\n');
        context.Work((long)lines.Length * blanks.Length);
        StringBuilder text = new();
        for (int i = 0; i < lines.Length; i++)
        {
            text.Append(i == 0 ? "" : "\n").Append((i > 0 || first) && (blank || lines[i].Length > 0 || i == 0) ? blanks : "").Append(lines[i]);
        }

        return context.Made(text.ToString());
    }

    [GeneratedRegex(@"([-\s({\[<]+)")]
    private static partial Regex WordStart();
}
