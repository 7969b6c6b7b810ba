namespace Pellucid.GroundTruth.Notation;

/// <summary>A statement of the language, with its place in the text.</summary>
internal abstract record Statement(TextSpan Span)
{
    /// <summary><c>x, y = a, b;</c></summary>
    internal sealed record Assignment(TextSpan Span, IReadOnlyList<string> Names, Syntax Value) : Statement(Span);

    /// <summary><c>x;</c></summary>
    internal sealed record Evaluation(TextSpan Span, Syntax Value) : Statement(Span);

    /// <summary><c>def f(x, y) { ...; return z; }</c></summary>
    internal sealed record Definition(
        TextSpan Span, string Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Body, Syntax Result) : Statement(Span);

    /// <summary><c>for x, y in list { ... }</c></summary>
    internal sealed record Loop(TextSpan Span, IReadOnlyList<string> Names, Syntax List, IReadOnlyList<Statement> Body) : Statement(Span);
}
