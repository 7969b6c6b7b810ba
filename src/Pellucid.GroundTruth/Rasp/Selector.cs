namespace Pellucid.GroundTruth;

/// <summary>
/// Which positions each position attends to. Immutable; safe for any thread. Made by <see cref="Rasp.Select(Expression, Expression,
/// Comparison)"/> and combined by <c>&amp;</c>, <c>|</c> and <c>!</c>. A combination over several keys or queries is compiled by making
/// tuples of them, so its dimensions multiply.
/// </summary>
public abstract class Selector
{
    private protected Selector()
    {
    }

    /// <summary>The selector's name, for messages.</summary>
    public string? Name { get; private set; }

    /// <summary>Where the selector stands in the program's text; null for a program written in C#.</summary>
    public SourceSpan? Source { get; private set; }

    /// <summary>The expressions that are compared, keys before queries, in declared order.</summary>
    internal abstract IReadOnlyList<Expression> Operands { get; }

    /// <summary>Pairs that both select.</summary>
    public static Selector operator &(Selector left, Selector right) => new CombinedSelector(left, right, (a, b) => a && b, "and");

    /// <summary>Pairs that either selects.</summary>
    public static Selector operator |(Selector left, Selector right) => new CombinedSelector(left, right, (a, b) => a || b, "or");

    /// <summary>Pairs that it does not select.</summary>
    public static Selector operator !(Selector operand) => new NegatedSelector(operand);

    /// <summary>A copy with a name.</summary>
    public Selector Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var copy = (Selector)MemberwiseClone();
        copy.Name = name;
        return copy;
    }

    /// <summary>A copy that knows its place in a text, for errors.</summary>
    public Selector At(SourceSpan source)
    {
        var copy = (Selector)MemberwiseClone();
        copy.Source = source;
        return copy;
    }

    /// <inheritdoc/>
    public override string ToString() => Source?.Text ?? Name ?? "select";
}

internal sealed class SelectSelector(Expression keys, Expression queries, Func<Value, Value, bool> predicate) : Selector
{
    internal Expression Keys => keys;

    internal Expression Queries => queries;

    /// <summary>Of the key's value and the query's value.</summary>
    internal Func<Value, Value, bool> Predicate => predicate;

    internal override IReadOnlyList<Expression> Operands { get; } = [keys, queries];
}

internal sealed class CombinedSelector(Selector left, Selector right, Func<bool, bool, bool> combine, string word) : Selector
{
    internal Selector Left => left;

    internal Selector Right => right;

    internal Func<bool, bool, bool> Combine => combine;

    internal override IReadOnlyList<Expression> Operands => [.. Left.Operands, .. Right.Operands];

    public override string ToString() => Source?.Text ?? Name ?? $"{Left} {word} {Right}";
}

internal sealed class NegatedSelector(Selector operand) : Selector
{
    internal Selector Operand => operand;

    internal override IReadOnlyList<Expression> Operands => Operand.Operands;

    public override string ToString() => Source?.Text ?? Name ?? $"not {Operand}";
}
