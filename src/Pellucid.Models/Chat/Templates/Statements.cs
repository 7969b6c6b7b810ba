namespace Pellucid.Models.Chat;

/// <summary>Text as it stands.</summary>
internal sealed class TextStatement(int offset, string text) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope)
    {
        context.Write(text);
        return Flow.Next;
    }
}

/// <summary>{{ value }}</summary>
internal sealed class OutputStatement(int offset, Expression value) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope)
    {
        object? written = value.Evaluate(context, scope);
        context.At(Offset);
        context.Write(TemplateValue.Text(context, written));
        return Flow.Next;
    }
}

/// <summary>if, elif, else; the last condition is null for else.</summary>
internal sealed class IfStatement(int offset, IReadOnlyList<(Expression? Condition, IReadOnlyList<Statement> Body)> branches) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope)
    {
        foreach ((Expression? condition, IReadOnlyList<Statement> body) in branches)
        {
            if (condition is null || TemplateValue.IsTrue(condition.Evaluate(context, scope)))
            {
                return ExecuteAll(body, context, scope);
            }
        }

        return Flow.Next;
    }
}

/// <summary>for targets in items if condition, with an else for no items.</summary>
internal sealed class ForStatement(
    int offset, Expression target, Expression items, Expression? condition, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope)
    {
        object? value = items.Evaluate(context, scope);
        context.At(Offset);
        IReadOnlyList<object?> all = TemplateValue.Items(context, value);
        if (condition is not null)
        {
            context.Work(all.Count);
            all = [.. all.Where(item => Passes(context, scope, item))];
        }

        if (all.Count == 0)
        {
            return ExecuteAll(otherwise, context, scope);
        }

        LoopState state = new(all);
        for (int i = 0; i < all.Count; i++)
        {
            Scope turn = new(scope);
            Assignment.Assign(context, turn, target, all[i]);
            state.Index = i;
            turn["loop"] = state;
            context.Step();
            if (ExecuteAll(body, context, turn) == Flow.Break)
            {
                break;
            }
        }

        return Flow.Next;
    }

    private bool Passes(RenderContext context, Scope scope, object? item)
    {
        Scope turn = new(scope);
        Assignment.Assign(context, turn, target, item);
        return TemplateValue.IsTrue(condition!.Evaluate(context, turn));
    }
}

/// <summary>break, continue</summary>
internal sealed class LeaveStatement(int offset, Flow flow) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope) => flow;
}

/// <summary>set targets = value</summary>
internal sealed class SetStatement(int offset, Expression target, Expression value) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope)
    {
        object? made = value.Evaluate(context, scope);
        context.At(Offset);
        Assignment.Assign(context, scope, target, made);
        return Flow.Next;
    }
}

/// <summary>What a body writes, held for a filter to read.</summary>
internal sealed class BodyExpression(int offset, IReadOnlyList<Statement> body) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope) =>
        context.Capture(() => Statement.ExecuteAll(body, context, new Scope(scope)));
}

/// <summary>A body whose text a model generates: marked in templates, written like any other.</summary>
internal sealed class BodyStatement(int offset, IReadOnlyList<Statement> body) : Statement(offset)
{
    protected override Flow Execute(RenderContext context, Scope scope) => ExecuteAll(body, context, new Scope(scope));
}

/// <summary>macro name(parameters)</summary>
internal sealed class MacroStatement(
    int offset, string name, IReadOnlyList<(string Name, Expression? Default)> parameters, IReadOnlyList<Statement> body) : Statement(offset)
{
    private readonly string[] _names = [.. parameters.Select(parameter => parameter.Name)];

    protected override Flow Execute(RenderContext context, Scope scope)
    {
        scope[name] = new TemplateFunction(name, (caller, arguments) => Call(caller, scope, arguments));
        return Flow.Next;
    }

    private string Call(RenderContext context, Scope scope, Arguments arguments)
    {
        object?[] values = arguments.Take(context, $"macro '{name}'", _names);
        Scope inside = new(scope);
        for (int i = 0; i < values.Length; i++)
        {
            inside[_names[i]] = values[i] != Arguments.Missing ? values[i]
                : parameters[i].Default is { } fallback ? fallback.Evaluate(context, inside)
                : Undefined.Variable(_names[i]);
        }

        return context.Capture(() => ExecuteAll(body, context, inside));
    }
}
