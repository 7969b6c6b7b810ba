namespace Pellucid.Models.Chat;

/// <summary>What can stand behind <c>is</c>.</summary>
internal static class ValueTests
{
    private static readonly Dictionary<string, Func<RenderContext, object?, object?, bool>> Known = new(StringComparer.Ordinal)
    {
        ["defined"] = (_, value, _) => value is not Undefined,
        ["undefined"] = (_, value, _) => value is Undefined,
        ["none"] = (_, value, _) => value is null,
        ["string"] = (_, value, _) => value is string,
        ["mapping"] = (_, value, _) => value is TemplateDictionary,
        ["iterable"] = (_, value, _) => value is string or TemplateList or TemplateDictionary or Undefined,
        ["sequence"] = (_, value, _) => value is string or TemplateList or TemplateDictionary or Undefined,
        ["number"] = (_, value, _) => value is bool or long or double,
        ["integer"] = (_, value, _) => value is long,
        ["float"] = (_, value, _) => value is double,
        ["boolean"] = (_, value, _) => value is bool,
        ["true"] = (_, value, _) => value is true,
        ["false"] = (_, value, _) => value is false,
        ["callable"] = (_, value, _) => value is TemplateFunction,
        ["lower"] = (context, value, _) => Text(context, value) is { } text && text == text.ToLowerInvariant() && text.Any(char.IsLower),
        ["upper"] = (context, value, _) => Text(context, value) is { } text && text == text.ToUpperInvariant() && text.Any(char.IsUpper),
        ["odd"] = (context, value, _) => Arithmetic.Compute(context, "%", value, 2L) is 1L or 1.0,
        ["even"] = (context, value, _) => Arithmetic.Compute(context, "%", value, 2L) is 0L or 0.0,
        ["filter"] = (_, value, _) => value is string name && Filters.Has(name),
        ["test"] = (_, value, _) => value is string name && Has(name),
        ["divisibleby"] = (context, value, other) => Arithmetic.Compute(context, "%", value, other) is 0L or 0.0,
        ["sameas"] = (_, value, other) => ReferenceEquals(value, other) || (value is bool or long && value.Equals(other)),
        ["in"] = Arithmetic.IsIn,
        ["equalto"] = Equal,
        ["eq"] = Equal,
        ["ne"] = (context, value, other) => !TemplateValue.AreEqual(context, value, other),
        ["lt"] = (context, value, other) => TemplateValue.Compare(context, value, other) < 0,
        ["le"] = (context, value, other) => TemplateValue.Compare(context, value, other) <= 0,
        ["gt"] = (context, value, other) => TemplateValue.Compare(context, value, other) > 0,
        ["ge"] = (context, value, other) => TemplateValue.Compare(context, value, other) >= 0,
        ["lessthan"] = (context, value, other) => TemplateValue.Compare(context, value, other) < 0,
        ["greaterthan"] = (context, value, other) => TemplateValue.Compare(context, value, other) > 0,
    };

    private static readonly HashSet<string> Binary =
        ["divisibleby", "sameas", "in", "equalto", "eq", "ne", "lt", "le", "gt", "ge", "lessthan", "greaterthan"];

    internal static IEnumerable<string> Names => Known.Keys;

    internal static bool Has(string name) => Known.ContainsKey(name);

    internal static bool Holds(RenderContext context, string name, object? value, Arguments arguments)
    {
        if (!Known.TryGetValue(name, out Func<RenderContext, object?, object?, bool>? test))
        {
            throw context.Error($"there is no test '{name}'.");
        }

        if (!Binary.Contains(name))
        {
            arguments.Take(context, $"test '{name}'");
            return test(context, value, null);
        }

        object? other = arguments.Take(context, $"test '{name}'", "other")[0];
        return other == Arguments.Missing ? throw context.Error($"test '{name}' needs a value to compare with.") : test(context, value, other);
    }

    private static bool Equal(RenderContext context, object? value, object? other) => TemplateValue.AreEqual(context, value, other);

    private static string? Text(RenderContext context, object? value)
    {
        context.Work((value as string)?.Length ?? 0);
        return value as string;
    }
}
