namespace Pellucid.Models.Chat;

/// <summary>The methods of mappings; those that would change one are refused.</summary>
internal static class DictionaryMethods
{
    internal static TemplateFunction? Find(TemplateDictionary dictionary, string name) => name switch
    {
        "get" => new TemplateFunction(name, (context, arguments) =>
        {
            object?[] taken = arguments.Take(context, "get()", "key", "default");
            context.Work(taken[0] is string key ? key.Length : 1);
            return dictionary.TryGet(taken[0], out object? value) ? value : taken[1] == Arguments.Missing ? null : taken[1];
        }),
        "items" => new TemplateFunction(name, (context, arguments) => Items(context, dictionary, arguments)),
        "keys" => new TemplateFunction(name, (context, arguments) => Of(context, "keys()", arguments, [.. dictionary.Keys])),
        "values" => new TemplateFunction(name, (context, arguments) => Of(context, "values()", arguments, [.. dictionary.Entries.Select(entry => entry.Value)])),
        "copy" => new TemplateFunction(name, (context, arguments) =>
        {
            arguments.Take(context, "copy()");
            return dictionary;
        }),
        "update" or "pop" or "popitem" or "setdefault" or "clear" => ListMethods.Refused(name, "mapping", "Build another with dict()."),
        _ => null,
    };

    internal static TemplateList Items(RenderContext context, TemplateDictionary dictionary, Arguments arguments) =>
        Of(context, "items()", arguments, [.. dictionary.Entries.Select(entry => TemplateList.Pair(entry.Key, entry.Value))]);

    private static TemplateList Of(RenderContext context, string what, Arguments arguments, object?[] items)
    {
        arguments.Take(context, what);
        context.Work(items.Length);
        return new TemplateList(items);
    }
}
