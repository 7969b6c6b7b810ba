namespace Pellucid.GroundTruth;

internal sealed class TokensExpression : Expression
{
    internal override string KindName => "tokens";

    internal override IReadOnlyList<Expression> Operands => [];
}

internal sealed class IndicesExpression : Expression
{
    internal override string KindName => "indices";

    internal override IReadOnlyList<Expression> Operands => [];
}

internal sealed class ConstantExpression(Value value) : Expression
{
    internal Value Value => value;

    internal override string KindName => "constant";

    internal override IReadOnlyList<Expression> Operands => [];
}

internal sealed class MapExpression(Expression operand, Func<Value, Value> function) : Expression
{
    internal Expression Operand => operand;

    internal Func<Value, Value> Function => function;

    internal override string KindName => "map";

    internal override IReadOnlyList<Expression> Operands { get; } = [operand];
}

internal class SequenceMapExpression(Expression first, Expression second, Func<Value, Value, Value> function) : Expression
{
    internal Expression First => first;

    internal Expression Second => second;

    internal Func<Value, Value, Value> Function => function;

    internal override string KindName => "sequence_map";

    internal override IReadOnlyList<Expression> Operands { get; } = [first, second];
}

internal sealed class LinearSequenceMapExpression : Expression
{
    internal LinearSequenceMapExpression(Expression first, Expression second, double a, double b)
        : base(ValueEncoding.Numerical) => (First, Second, A, B, Operands) = (first, second, a, b, [first, second]);

    internal Expression First { get; }

    internal Expression Second { get; }

    internal double A { get; }

    internal double B { get; }

    internal override string KindName => "linear_sequence_map";

    internal override IReadOnlyList<Expression> Operands { get; }

    internal Value Apply(Value x, Value y) => (A * x) + (B * y);
}

internal sealed class SelectorWidthExpression(Selector selector) : Expression
{
    internal Selector Selector => selector;

    internal override string KindName => "selector_width";

    internal override IReadOnlyList<Expression> Operands => Selector.Operands;
}

internal sealed class AggregateExpression : Expression
{
    internal AggregateExpression(Selector selector, Expression operand, Value whenNothing)
        : base(operand.Encoding) => (Selector, Operand, Default) = (selector, operand, whenNothing);

    internal Selector Selector { get; }

    internal Expression Operand { get; }

    internal Value Default { get; }

    internal override string KindName => "aggregate";

    internal override IReadOnlyList<Expression> Operands => [.. Selector.Operands, Operand];
}
