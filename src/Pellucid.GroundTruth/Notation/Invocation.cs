namespace Pellucid.GroundTruth.Notation;

/// <summary>One call of a function of the language, with its arguments in the order of the parameters.</summary>
/// <param name="Interpreter">Who calls.</param>
/// <param name="Span">The call.</param>
/// <param name="Arguments">Their values; null where the call gives none.</param>
/// <param name="Places">Where each stands.</param>
internal sealed record Invocation(Interpreter Interpreter, TextSpan Span, IReadOnlyList<object?> Arguments, IReadOnlyList<TextSpan> Places)
{
    /// <summary>An argument that is there.</summary>
    internal object this[int at] => Arguments[at]!;

    /// <summary>An argument as an s-op; a plain value is refused.</summary>
    internal Expression Sequence(int at) => this[at] as Expression ?? throw Wrong(at, "an s-op");

    /// <summary>An argument as a selector.</summary>
    internal Selector Selector(int at) => this[at] as Selector ?? throw Wrong(at, "a selector, as select(...) gives it");

    /// <summary>An argument as a number that is known while the program is read; a fallback where it is not given.</summary>
    internal double Number(int at, double? fallback = null) => Arguments[at] switch
    {
        null when fallback is { } value => value,
        Value { IsNumeric: true } value => value.Number,
        _ => throw Wrong(at, "a number"),
    };

    /// <summary>An argument as a whole number.</summary>
    internal int Whole(int at)
    {
        double number = Number(at);
        return number == Math.Floor(number) && Math.Abs(number) <= 1e9 ? (int)number : throw Wrong(at, "a whole number");
    }

    /// <summary>An argument as a list.</summary>
    internal IReadOnlyList<object> List(int at) => Interpreter.Items(this[at], Places[at]);

    /// <summary>The error that an argument is of the wrong kind.</summary>
    internal RaspException Wrong(int at, string expected) => Interpreter.Error(Places[at], $"Expected {expected}, and this is {Kinds.Describe(this[at])}.");
}
