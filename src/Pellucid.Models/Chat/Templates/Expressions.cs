namespace Pellucid.Models.Chat;

/// <summary>A number, text, true, false or none.</summary>
internal sealed class Literal(int offset, object? value) : Expression(offset)
{
    internal object? Value { get; } = value;

    protected override object? Compute(RenderContext context, Scope scope) => Value;
}

/// <summary>A variable.</summary>
internal sealed class NameExpression(int offset, string name) : Expression(offset)
{
    internal string Name { get; } = name;

    protected override object? Compute(RenderContext context, Scope scope) => scope.Find(Name);
}

/// <summary>Items between square or round brackets.</summary>
internal sealed class ListExpression(int offset, IReadOnlyList<Expression> items, bool isTuple) : Expression(offset)
{
    internal IReadOnlyList<Expression> Items { get; } = items;

    internal bool IsTuple => isTuple;

    protected override object? Compute(RenderContext context, Scope scope)
    {
        context.Work(Items.Count);
        return new TemplateList([.. Items.Select(item => item.Evaluate(context, scope))], isTuple);
    }
}

/// <summary>Keys and values between braces.</summary>
internal sealed class DictionaryExpression(int offset, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        context.Work(entries.Count);
        TemplateDictionary made = new();
        foreach ((Expression key, Expression value) in entries)
        {
            object? name = key.Evaluate(context, scope);
            if (!TemplateDictionary.CanBeKey(name))
            {
                throw context.Error($"a {TemplateValue.TypeName(name)} cannot be a key; a text or a number can.");
            }

            made.Set(name, value.Evaluate(context, scope));
        }

        return made;
    }
}

/// <summary>target.name</summary>
internal sealed class AttributeExpression(int offset, Expression target, string name) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = target.Evaluate(context, scope);
        context.At(Offset);
        return Members.Attribute(context, value, name);
    }
}

/// <summary>target[key]</summary>
internal sealed class ItemExpression(int offset, Expression target, Expression key) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = target.Evaluate(context, scope), place = key.Evaluate(context, scope);
        context.At(Offset);
        return Members.Item(context, value, place);
    }
}

/// <summary>target[start:stop:step]</summary>
internal sealed class SliceExpression(int offset, Expression target, Expression? start, Expression? stop, Expression? step) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = target.Evaluate(context, scope);
        object?[] bounds = [start?.Evaluate(context, scope), stop?.Evaluate(context, scope), step?.Evaluate(context, scope)];
        context.At(Offset);
        return Members.Slice(context, value, bounds[0], bounds[1], bounds[2]);
    }
}

/// <summary>a if condition else b</summary>
internal sealed class ConditionalExpression(int offset, Expression condition, Expression then, Expression? otherwise) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope) => TemplateValue.IsTrue(condition.Evaluate(context, scope))
        ? then.Evaluate(context, scope)
        : otherwise is null ? new Undefined("an 'if' without 'else' gave nothing") : otherwise.Evaluate(context, scope);
}

/// <summary>and, or: the value that decided.</summary>
internal sealed class LogicExpression(int offset, bool isAnd, Expression left, Expression right) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? first = left.Evaluate(context, scope);
        return TemplateValue.IsTrue(first) == isAnd ? right.Evaluate(context, scope) : first;
    }
}

/// <summary>not</summary>
internal sealed class NotExpression(int offset, Expression operand) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope) => !TemplateValue.IsTrue(operand.Evaluate(context, scope));
}

/// <summary>A sign before a number.</summary>
internal sealed class SignExpression(int offset, bool isMinus, Expression operand) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? value = operand.Evaluate(context, scope);
        context.At(Offset);
        return Arithmetic.Sign(context, isMinus, value);
    }
}

/// <summary>Two values and the sign between them.</summary>
internal sealed class BinaryExpression(int offset, string sign, Expression left, Expression right) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? a = left.Evaluate(context, scope), b = right.Evaluate(context, scope);
        context.At(Offset);
        return Arithmetic.Compute(context, sign, a, b);
    }
}

/// <summary>a ~ b ~ c: texts put together.</summary>
internal sealed class JoinExpression(int offset, IReadOnlyList<Expression> parts) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        string[] texts = [.. parts.Select(part => TemplateValue.Text(context, part.Evaluate(context, scope)))];
        context.At(Offset);
        context.Work(texts.Sum(text => (long)text.Length));
        return string.Concat(texts);
    }
}

/// <summary>a &lt; b &lt;= c, in, not in: true where every neighbouring pair is.</summary>
internal sealed class ComparisonExpression(int offset, Expression first, IReadOnlyList<(string Sign, Expression Operand)> rest) : Expression(offset)
{
    protected override object? Compute(RenderContext context, Scope scope)
    {
        object? left = first.Evaluate(context, scope);
        foreach ((string sign, Expression operand) in rest)
        {
            object? right = operand.Evaluate(context, scope);
            context.At(Offset);
            if (!Arithmetic.Holds(context, sign, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}
