using System.Globalization;
using System.Text;

namespace Pellucid.Models.Chat;

/// <summary>The functions that a template finds beside the values that it is given.</summary>
internal static class Globals
{
    internal static IReadOnlyList<TemplateFunction> Functions { get; } =
    [
        new("range", Range),
        new("dict", (context, arguments) => Dictionary(context, arguments)),
        new("namespace", Namespace),
        new("raise_exception", (context, arguments) => throw context.Error(
            $"the template refuses these messages: {TemplateValue.Text(context, arguments.Take(context, "raise_exception()", "message")[0]).ReplaceLineEndings(" ")}")),
        new("strftime_now", (context, arguments) => Time(context, arguments)),
        new("joiner", Joiner),
    ];

    private static object? Range(RenderContext context, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "range()", "start", "stop", "step");
        long[] given = [.. taken.TakeWhile(value => value != Arguments.Missing).Select(value => TemplateValue.Whole(value) ?? throw context.Error($"range() needs whole numbers; a {TemplateValue.TypeName(value)} was given."))];
        if (given.Length == 0)
        {
            throw context.Error("range() needs the number to stop at.");
        }

        long start = given.Length == 1 ? 0 : given[0], stop = given.Length == 1 ? given[0] : given[1], step = given.Length == 3 ? given[2] : 1;
        if (step == 0)
        {
            throw context.Error("range() needs a step other than 0.");
        }

        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop, size = Int128.Abs(step);
        long count = distance <= 0 ? 0 : (long)((distance + size - 1) / size);
        if (count > 100_000)
        {
            throw context.Error($"range() of {count} numbers is too long; at most 100000 are made.");
        }

        context.Work(count);
        object?[] numbers = new object?[count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = start + (i * step);
        }

        return new TemplateList(numbers);
    }

    private static TemplateDictionary Dictionary(RenderContext context, Arguments arguments)
    {
        TemplateDictionary made = new();
        if (arguments.Positional.Count > 1)
        {
            throw context.Error("dict() takes one mapping and named values.");
        }

        foreach (object? given in arguments.Positional)
        {
            if (given is TemplateDictionary mapping)
            {
                context.Work(mapping.Entries.Count);
                foreach ((object? key, object? value) in mapping.Entries)
                {
                    made.Set(key, value);
                }

                continue;
            }

            foreach (object? pair in TemplateValue.Items(context, given))
            {
                IReadOnlyList<object?> parts = TemplateValue.Items(context, pair);
                if (parts.Count != 2 || !TemplateDictionary.CanBeKey(parts[0]))
                {
                    throw context.Error("dict() takes a mapping or pairs of a key and a value.");
                }

                made.Set(parts[0], parts[1]);
            }
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            made.Set(name, value);
        }

        return made;
    }

    private static object? Namespace(RenderContext context, Arguments arguments)
    {
        TemplateNamespace made = new();
        foreach ((object? key, object? value) in Dictionary(context, arguments).Entries)
        {
            made.Members[TemplateValue.Text(context, key)] = value;
        }

        return made;
    }

    /// <summary>A text that is empty at its first use.</summary>
    private static object? Joiner(RenderContext context, Arguments arguments)
    {
        object? given = arguments.Take(context, "joiner()", "sep")[0];
        string separator = given == Arguments.Missing ? ", " : TextMethods.TextOf(context, given, "joiner()");
        bool used = false;
        return new TemplateFunction("joiner", (_, _) =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        });
    }

    /// <summary>The time in C's notation, in English.</summary>
    private static string Time(RenderContext context, Arguments arguments)
    {
        string format = TextMethods.TextOf(context, arguments.Take(context, "strftime_now()", "format")[0], "strftime_now()");
        DateTime now = context.Now;
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            bool plain = format[++i] == '-' && i + 1 < format.Length; // %-d is %d without its zero
            i += plain ? 1 : 0;
            string part = format[i] switch
            {
                'Y' => Of("yyyy"),
                'y' => Of("yy"),
                'm' => Of("MM"),
                'B' => Of("MMMM"),
                'b' or 'h' => Of("MMM"),
                'd' => Of("dd"),
                'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'A' => Of("dddd"),
                'a' => Of("ddd"),
                'H' => Of("HH"),
                'I' => Of("hh"),
                'M' => Of("mm"),
                'S' => Of("ss"),
                'p' => Of("tt"),
                'f' => Of("ffffff"),
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'F' => Of("yyyy-MM-dd"),
                'T' => Of("HH:mm:ss"),
                'D' => Of("MM/dd/yy"),
                'R' => Of("HH:mm"),
                'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'u' => (now.DayOfWeek == 0 ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'n' => "\n",
                't' => "\t",
                '%' => "%",
                'z' or 'Z' => "",
                _ => throw context.Error($"strftime_now(): '%{format[i]}' means nothing."),
            };
            text.Append(plain && part.Length > 1 && char.IsAsciiDigit(part[0]) ? part.TrimStart('0').PadLeft(1, '0') : part);
        }

        return context.Made(text.ToString());

        string Of(string net) => now.ToString(net, CultureInfo.InvariantCulture);
    }
}
