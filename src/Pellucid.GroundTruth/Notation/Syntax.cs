namespace Pellucid.GroundTruth.Notation;

/// <summary>An expression of the language as it is written, with its place in the text. Its depth is bounded by the parser, so that a walk may recurse.</summary>
internal abstract record Syntax(TextSpan Span)
{
    /// <summary>The longest way down to a leaf, which counts 1.</summary>
    internal virtual int Depth => 1;

    private static int Deepest(params IEnumerable<Syntax?> parts) => 1 + parts.Max(part => part?.Depth ?? 0);

    /// <summary>A number, a string, True, False or None, which is undefined.</summary>
    internal sealed record Literal(TextSpan Span, Value Value) : Syntax(Span);

    /// <summary>A variable.</summary>
    internal sealed record Name(TextSpan Span, string Text) : Syntax(Span);

    /// <summary><c>-x</c>, <c>+x</c> or <c>not x</c>.</summary>
    internal sealed record Unary(TextSpan Span, string Operator, Syntax Operand) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Operand);
    }

    /// <summary>An operator between two expressions: arithmetic, comparison, <c>in</c>, <c>and</c>, <c>or</c>.</summary>
    internal sealed record Binary(TextSpan Span, string Operator, Syntax Left, Syntax Right) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Left, Right);
    }

    /// <summary><c>a if c else b</c>.</summary>
    internal sealed record Choice(TextSpan Span, Syntax Then, Syntax Condition, Syntax Else) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Then, Condition, Else);
    }

    /// <summary><c>f(x, y, name=z)</c>.</summary>
    internal sealed record Call(TextSpan Span, Syntax Function, IReadOnlyList<Argument> Arguments) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest([Function, .. Arguments.Select(argument => argument.Value)]);
    }

    /// <summary><c>x[i]</c>.</summary>
    internal sealed record Index(TextSpan Span, Syntax Indexed, Syntax At) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Indexed, At);
    }

    /// <summary><c>[x, y]</c> or <c>(x, y)</c>.</summary>
    internal sealed record Sequence(TextSpan Span, IReadOnlyList<Syntax> Items) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Items.DefaultIfEmpty());
    }

    /// <summary><c>{k: x, l: y}</c>.</summary>
    internal sealed record Table(TextSpan Span, IReadOnlyList<(Syntax Key, Syntax Value)> Entries) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Entries.SelectMany(entry => (Syntax[])[entry.Key, entry.Value]).DefaultIfEmpty());
    }

    /// <summary><c>[x for a, b in list]</c>, or <c>{k: x for a, b in list}</c> where there is a key.</summary>
    internal sealed record Comprehension(TextSpan Span, Syntax? Key, Syntax Value, IReadOnlyList<string> Names, Syntax List) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Key, Value, List);
    }

    /// <summary><c>lambda x, y: body</c>.</summary>
    internal sealed record Lambda(TextSpan Span, IReadOnlyList<string> Parameters, Syntax Body) : Syntax(Span)
    {
        internal override int Depth { get; } = Deepest(Body);
    }

    /// <summary>A comparison by itself, as <c>select</c> takes it: <c>==</c>.</summary>
    internal sealed record Predicate(TextSpan Span, string Operator) : Syntax(Span);
}
