namespace Pellucid.Models.Chat;

/// <summary>What stands behind a dot or in square brackets.</summary>
internal static class Members
{
    internal static object? Attribute(RenderContext context, object? target, string name)
    {
        switch (target)
        {
            case Undefined missing:
                throw context.Error($"{missing.What}, so it has no '{name}'. Test it with 'is defined' first.");
            case LoopState loop:
                return loop.Member(name);
            case TemplateNamespace owner:
                return owner.Members.TryGetValue(name, out object? member) ? member : Undefined.Member(target, name);
            case string text when TextMethods.Find(text, name) is { } method:
                return method;
            case TemplateDictionary dictionary:
                return DictionaryMethods.Find(dictionary, name)
                    ?? (dictionary.TryGet(name, out object? value) ? value : Undefined.Member(target, name));
            case TemplateList list when ListMethods.Find(list, name) is { } method:
                return method;
            default:
                return Undefined.Member(target, name);
        }
    }

    internal static object? Item(RenderContext context, object? target, object? key)
    {
        switch (target)
        {
            case Undefined missing:
                throw context.Error($"{missing.What}, so it has no items. Test it with 'is defined' first.");
            case TemplateDictionary dictionary when dictionary.TryGet(Key(context, key), out object? value):
                return value;
            case TemplateList list when TemplateValue.Whole(key) is { } index:
                index += index < 0 ? list.Items.Count : 0;
                return index >= 0 && index < list.Items.Count ? list.Items[(int)index] : new Undefined($"a list of {list.Items.Count} items has no item {key}");
            case string text when TemplateValue.Whole(key) is { } index:
                context.Work(text.Length);
                int count = CodePoints.Count(text);
                index += index < 0 ? count : 0;
                return index >= 0 && index < count ? CodePoints.At(text, [(int)index]) : new Undefined($"a text of {count} characters has no character {key}");
            default:
                return key is string name ? Attribute(context, target, name) : Undefined.Member(target, TemplateValue.Text(context, key));
        }
    }

    internal static object? Slice(RenderContext context, object? target, object? start, object? stop, object? step)
    {
        if (target is not (string or TemplateList))
        {
            throw context.Error($"a {TemplateValue.TypeName(target)} has no slices; a list or a text has.");
        }

        string? text = target as string;
        if (text is not null)
        {
            context.Work(text.Length);
        }

        int count = text is null ? ((TemplateList)target).Items.Count : CodePoints.Count(text);
        long by = step is null ? 1 : Bound(context, step);
        if (by == 0)
        {
            throw context.Error("a slice's step is 0.");
        }

        long low = by > 0 ? 0 : -1, high = by > 0 ? count : count - 1;
        long from = start is null ? (by > 0 ? low : high) : Math.Clamp(Placed(Bound(context, start), count), low, high);
        long to = stop is null ? (by > 0 ? high : low) : Math.Clamp(Placed(Bound(context, stop), count), low, high);
        List<int> places = [];
        by = Math.Clamp(by, -(long)count - 1, (long)count + 1);
        for (long place = from; by > 0 ? place < to : place > to; place += by)
        {
            places.Add((int)place);
        }

        context.Work(places.Count);
        return text is not null ? CodePoints.At(text, places) : new TemplateList([.. places.Select(place => ((TemplateList)target).Items[place])], ((TemplateList)target).IsTuple);
    }

    private static long Placed(long bound, int count) => bound < 0 ? bound + count : bound;

    private static long Bound(RenderContext context, object? value) =>
        TemplateValue.Whole(value) ?? throw context.Error($"a slice goes from one whole number to another; a {TemplateValue.TypeName(value)} was met.");

    private static object? Key(RenderContext context, object? key)
    {
        context.Work(key is string text ? text.Length : 1);
        return key;
    }
}
