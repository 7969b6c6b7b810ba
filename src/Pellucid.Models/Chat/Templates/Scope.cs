namespace Pellucid.Models.Chat;

/// <summary>The variables of a template, a loop's turn or a macro's call, within those around it.</summary>
/// <param name="parent">The scope around it.</param>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    internal object? this[string name]
    {
        set => _variables[name] = value;
    }

    internal object? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables.TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return Undefined.Variable(name);
    }

    private Scope? Parent { get; } = parent;
}
