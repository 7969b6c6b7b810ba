using System.Globalization;

namespace Pellucid.Models.Chat;

/// <summary>Filters that go through lists and mappings.</summary>
internal static class ListFilters
{
    /// <summary>A member of an item by a name, a number, or several with dots between.</summary>
    internal static object? Member(RenderContext context, object? item, object? attribute)
    {
        if (attribute is not string path)
        {
            return Members.Item(context, item, attribute);
        }

        foreach (string part in path.Split('.'))
        {
            item = Members.Item(context, item, long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : part);
        }

        return item;
    }

    internal static object? Map(RenderContext context, object? value, Arguments arguments)
    {
        IReadOnlyList<object?> items = TemplateValue.Items(context, value);
        if (arguments.Positional.Count == 0)
        {
            object?[] taken = arguments.Take(context, "map", "attribute", "default");
            return Filters.List(context, [.. items.Select(item => Member(context, item, taken[0]) is var member && member is Undefined && taken[1] != Arguments.Missing ? taken[1] : Member(context, item, taken[0]))]);
        }

        string filter = TextMethods.TextOf(context, arguments.Positional[0], "map");
        Arguments rest = arguments.Skip(1);
        return Filters.List(context, [.. items.Select(item => Filters.Apply(context, filter, item, rest))]);
    }

    internal static object? Select(RenderContext context, object? value, Arguments arguments, bool byAttribute, bool keeps)
    {
        if (byAttribute && arguments.Positional.Count == 0)
        {
            throw context.Error("selectattr and rejectattr need the name of an attribute.");
        }

        object? attribute = byAttribute ? arguments.Positional[0] : null;
        Arguments rest = arguments.Skip(byAttribute ? 1 : 0);
        string? test = rest.Positional.Count == 0 ? null : TextMethods.TextOf(context, rest.Positional[0], "select");
        rest = rest.Skip(1);
        return Filters.List(context, [.. TemplateValue.Items(context, value).Where(item =>
        {
            context.Step();
            object? tested = byAttribute ? Member(context, item, attribute) : item;
            return keeps == (test is null ? TemplateValue.IsTrue(tested) : ValueTests.Holds(context, Spelled(test), tested, rest));
        })]);
    }

    internal static object? DictSort(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "dictsort", "case_sensitive", "by", "reverse");
        if (value is not TemplateDictionary dictionary)
        {
            throw context.Error($"'dictsort' needs a mapping; a {TemplateValue.TypeName(value)} was met.");
        }

        bool byValue = taken[1] is "value";
        List<object?> pairs = Sorted(context, [.. dictionary.Entries.Select(entry => TemplateList.Pair(entry.Key, entry.Value))],
            pair => Folded(((TemplateList)pair!).Items[byValue ? 1 : 0], Filters.IsOn(taken[0])), Filters.IsOn(taken[2]));
        return Filters.List(context, pairs);
    }

    internal static object? Sort(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "sort", "reverse", "case_sensitive", "attribute");
        return Filters.List(context, Sorted(context, TemplateValue.Items(context, value), item => Folded(Read(context, item, taken[2]), Filters.IsOn(taken[1])), Filters.IsOn(taken[0])));
    }

    internal static object? Unique(RenderContext context, object? value, Arguments arguments)
    {
        object?[] taken = arguments.Take(context, "unique", "case_sensitive", "attribute");
        List<object?> seen = [], kept = [];
        foreach (object? item in TemplateValue.Items(context, value))
        {
            object? key = Folded(Read(context, item, taken[1]), Filters.IsOn(taken[0]));
            if (!seen.Any(other => TemplateValue.AreEqual(context, other, key)))
            {
                seen.Add(key);
                kept.Add(item);
            }
        }

        return Filters.List(context, kept);
    }

    internal static object? Extreme(RenderContext context, object? value, Arguments arguments, string name, bool largest)
    {
        object?[] taken = arguments.Take(context, name, "case_sensitive", "attribute");
        IReadOnlyList<object?> items = TemplateValue.Items(context, value);
        object? best = items.Count == 0 ? new Undefined($"an empty list has no {name}imum") : items[0];
        foreach (object? item in items.Skip(1))
        {
            int order = TemplateValue.Compare(context, Folded(Read(context, item, taken[1]), Filters.IsOn(taken[0])), Folded(Read(context, best, taken[1]), Filters.IsOn(taken[0])));
            best = largest ? (order > 0 ? item : best) : order < 0 ? item : best;
        }

        return best;
    }

    private static object? Read(RenderContext context, object? item, object? attribute) =>
        attribute == Arguments.Missing || attribute is null ? item : Member(context, item, attribute);

    private static object? Folded(object? value, bool caseSensitive) => !caseSensitive && value is string text ? text.ToLowerInvariant() : value;

    /// <summary>A stable sort: equal items stay in their order, also when it is turned round.</summary>
    private static List<object?> Sorted(RenderContext context, IReadOnlyList<object?> items, Func<object?, object?> key, bool reverse)
    {
        context.Work(4L * items.Count);
        Comparer<object?> order = Comparer<object?>.Create((left, right) => TemplateValue.Compare(context, left, right));
        try
        {
            return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException error) when (error.InnerException is ChatTemplateException inner)
        {
            throw inner;
        }
    }

    private static string Spelled(string test) => test switch { "==" => "eq", "!=" => "ne", "<" => "lt", "<=" => "le", ">" => "gt", ">=" => "ge", _ => test };
}
