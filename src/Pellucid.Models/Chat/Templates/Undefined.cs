namespace Pellucid.Models.Chat;

/// <summary>A value that is not there: empty where it is written or gone through, an error where it is computed with.</summary>
/// <param name="What">What is missing, for the error.</param>
internal sealed record Undefined(string What)
{
    internal static Undefined Variable(string name) => new($"'{name}' is undefined");

    internal static Undefined Member(object? target, string name) => new($"a {TemplateValue.TypeName(target)} has no '{name}'");
}
