namespace Pellucid.Models.Chat;

/// <summary>The methods of lists and tuples. Those that would change one are refused, as the sandbox does in which templates are meant to run.</summary>
internal static class ListMethods
{
    internal static TemplateFunction? Find(TemplateList list, string name) => name switch
    {
        "index" => new TemplateFunction(name, (context, arguments) =>
        {
            object? item = arguments.Take(context, "index()", "value")[0];
            for (int i = 0; i < list.Items.Count; i++)
            {
                if (TemplateValue.AreEqual(context, list.Items[i], item))
                {
                    return (long)i;
                }
            }

            throw context.Error("index(): the list does not have the item.");
        }),
        "count" => new TemplateFunction(name, (context, arguments) =>
        {
            object? item = arguments.Take(context, "count()", "value")[0];
            return (long)list.Items.Count(other => TemplateValue.AreEqual(context, other, item));
        }),
        "append" or "extend" or "insert" or "remove" or "pop" or "sort" or "reverse" or "clear" when !list.IsTuple => Refused(name, "list", "Build another with '+'."),
        _ => null,
    };

    internal static TemplateFunction Refused(string name, string kind, string advice) =>
        new(name, (context, _) => throw context.Error($"{name}() would change a {kind}, which a template may not do. {advice}"));
}
