namespace Pellucid.Models.Chat;

/// <summary>Something that a template can call: a macro, a global function, a method of a value.</summary>
/// <param name="name">Its name, for errors.</param>
/// <param name="call">What it does.</param>
internal sealed class TemplateFunction(string name, Func<RenderContext, Arguments, object?> call)
{
    internal string Name { get; } = name;

    internal object? Call(RenderContext context, Arguments arguments) => call(context, arguments);
}
