namespace Pellucid.Models.Chat;

/// <summary>What <c>namespace()</c> makes: the only thing whose members a template can set, from within loops too.</summary>
internal sealed class TemplateNamespace
{
    internal Dictionary<string, object?> Members { get; } = new(StringComparer.Ordinal);
}
