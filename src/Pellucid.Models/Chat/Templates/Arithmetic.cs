namespace Pellucid.Models.Chat;

/// <summary>Signs between values, as in Python. Whole numbers have 64 bits; beyond is an error.</summary>
internal static class Arithmetic
{
    internal static object? Sign(RenderContext context, bool isMinus, object? value) => value switch
    {
        double number => (object)(isMinus ? -number : number),
        _ when TemplateValue.Whole(value) is { } whole => isMinus && whole == long.MinValue ? throw TooLarge(context) : isMinus ? -whole : whole,
        _ => throw context.Error($"a {Describe(value)} has no sign."),
    };

    internal static object? Compute(RenderContext context, string sign, object? left, object? right) => (sign, left, right) switch
    {
        ("+", string a, string b) => Joined(context, a, b),
        ("+", TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple => Joined(context, a, b),
        ("*", string or TemplateList, _) when TemplateValue.Whole(right) is { } count => Repeated(context, left, count),
        ("*", _, string or TemplateList) when TemplateValue.Whole(left) is { } count => Repeated(context, right, count),
        _ when TemplateValue.Number(left) is { } a && TemplateValue.Number(right) is { } b => Numbers(context, sign, left, right, a, b),
        _ => throw context.Error($"'{sign}' does not go between a {Describe(left)} and a {Describe(right)}."),
    };

    internal static bool Holds(RenderContext context, string sign, object? left, object? right) => sign switch
    {
        "==" => TemplateValue.AreEqual(context, left, right),
        "!=" => !TemplateValue.AreEqual(context, left, right),
        "<" => TemplateValue.Compare(context, left, right) < 0,
        "<=" => TemplateValue.Compare(context, left, right) <= 0,
        ">" => TemplateValue.Compare(context, left, right) > 0,
        ">=" => TemplateValue.Compare(context, left, right) >= 0,
        "in" => IsIn(context, left, right),
        _ => !IsIn(context, left, right),
    };

    internal static bool IsIn(RenderContext context, object? item, object? container)
    {
        switch (container)
        {
            case string text:
                context.Work(text.Length);
                return item is string part
                    ? text.Contains(part, StringComparison.Ordinal)
                    : throw context.Error($"a {Describe(item)} cannot be in a text; a text can.");
            case TemplateDictionary dictionary:
                return dictionary.TryGet(item, out _);
            default:
                return TemplateValue.Items(context, container).Any(other => TemplateValue.AreEqual(context, item, other));
        }
    }

    private static object Numbers(RenderContext context, string sign, object? left, object? right, double a, double b)
    {
        if (sign is "/" or "//" or "%" && b == 0)
        {
            throw context.Error($"'{sign}' by zero.");
        }

        if (sign == "/" || TemplateValue.Whole(left) is not { } x || TemplateValue.Whole(right) is not { } y || (sign == "**" && y < 0))
        {
            return sign switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "//" => Math.Floor(a / b),
                "%" => a - (b * Math.Floor(a / b)),
                _ => Math.Pow(a, b),
            };
        }

        try
        {
            return checked(sign switch
            {
                "+" => x + y,
                "-" => x - y,
                "*" => x * y,
                "//" => (x / y) - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0),
                "%" => y == -1 ? 0 : ((x % y) + y) % y,
                _ => Power(x, y),
            });
        }
        catch (OverflowException)
        {
            throw TooLarge(context);
        }
    }

    private static long Power(long value, long exponent)
    {
        long result = 1;
        checked
        {
            for (; exponent > 0; exponent >>= 1)
            {
                result = (exponent & 1) == 1 ? result * value : result;
                value = exponent > 1 ? value * value : value;
            }
        }

        return result;
    }

    private static string Joined(RenderContext context, string a, string b)
    {
        context.Work((long)a.Length + b.Length);
        return a + b;
    }

    private static TemplateList Joined(RenderContext context, TemplateList a, TemplateList b)
    {
        context.Work((long)a.Items.Count + b.Items.Count);
        return new TemplateList([.. a.Items, .. b.Items], a.IsTuple);
    }

    private static object Repeated(RenderContext context, object? value, long count)
    {
        int times = (int)Math.Clamp(count, 0, int.MaxValue);
        if (value is string text)
        {
            context.Work((long)text.Length * times);
            return text.Length == 0 ? "" : string.Concat(Enumerable.Repeat(text, times));
        }

        TemplateList list = (TemplateList)value!;
        context.Work((long)list.Items.Count * times);
        return list.Items.Count == 0 ? list : new TemplateList([.. Enumerable.Repeat(list.Items, times).SelectMany(items => items)], list.IsTuple);
    }

    private static string Describe(object? value) => value is Undefined missing ? $"value that is not there ({missing.What})" : TemplateValue.TypeName(value);

    private static ChatTemplateException TooLarge(RenderContext context) => context.Error("a whole number is beyond 64 bits.");
}
