namespace Pellucid.Models.Chat;

/// <summary>The arguments that stand in a call.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Named)
{
    internal static ArgumentList Empty { get; } = new([], []);

    internal Arguments Evaluate(RenderContext context, Scope scope) => Positional.Count + Named.Count == 0
        ? Arguments.Empty
        : new([.. Positional.Select(argument => argument.Evaluate(context, scope))], [.. Named.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Evaluate(context, scope)))]);
}

/// <summary>target(arguments)</summary>
internal sealed class CallExpression(int offset, Expression target, ArgumentList arguments) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? called = target.Evaluate(context, scope);
        Arguments values = arguments.Evaluate(context, scope);
        context.At(Offset);
        return called switch
        {
            TemplateFunction function => function.Call(context, values),
            Undefined missing => throw context.Error($"{missing.What}, so it cannot be called."),
            _ => throw context.Error($"a {TemplateValue.TypeName(called)} cannot be called."),
        };
    }
}

/// <summary>value | filter(arguments); the value is what a filter block wrote where there is none.</summary>
internal sealed class FilterExpression(int offset, string name, Expression target, ArgumentList arguments) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = target.Evaluate(context, scope);
        Arguments values = arguments.Evaluate(context, scope);
        context.At(Offset);
        return Filters.Apply(context, name, value, values);
    }
}

/// <summary>value is test(arguments)</summary>
internal sealed class TestExpression(int offset, string name, bool isNegated, Expression target, ArgumentList arguments) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = target.Evaluate(context, scope);
        Arguments values = arguments.Evaluate(context, scope);
        context.At(Offset);
        return ValueTests.Holds(context, name, value, values) != isNegated;
    }
}
