namespace Pellucid.Models.Chat;

/// <summary>A member of a namespace, as something that can be set.</summary>
internal sealed class NamespaceTarget(int offset, string name, string member) : Expression(offset)
{
    internal string Name => name;

    internal string Member => member;

    protected override object? Compute(RenderContext context, Scope scope) => Members.Attribute(context, scope.Find(name), member);
}

/// <summary>Gives values to what stands left of a '=' or of 'in'.</summary>
internal static class Assignment
{
    internal static void Assign(RenderContext context, Scope scope, Expression target, object? value)
    {
        switch (target)
        {
            case NameExpression variable:
                scope[variable.Name] = value;
                break;
            case NamespaceTarget part:
                if (scope.Find(part.Name) is not TemplateNamespace owner)
                {
                    throw context.Error($"'{part.Name}' is no namespace, so its '{part.Member}' cannot be set.");
                }

                owner.Members[part.Member] = value;
                break;
            case ListExpression targets:
                IReadOnlyList<object?> items = TemplateValue.Items(context, value);
                if (items.Count != targets.Items.Count)
                {
                    throw context.Error($"{items.Count} values cannot be given to {targets.Items.Count} names.");
                }

                for (int i = 0; i < items.Count; i++)
                {
                    Assign(context, scope, targets.Items[i], items[i]);
                }

                break;
            default:
                throw context.Error("only names and members of a namespace can be set.");
        }
    }
}
