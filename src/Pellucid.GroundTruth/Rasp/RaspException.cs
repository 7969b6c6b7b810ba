using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>
/// A RASP program that means nothing or that cannot be compiled: what was met, what was expected, what to do, and the expression at fault.
/// The message begins with the expression's place where the program came as text, else with its name.
/// </summary>
public class RaspException : PellucidException
{
    /// <summary>Creates the error.</summary>
    /// <param name="problem">One line: what, what was expected, what to do.</param>
    /// <param name="source">The place of the expression, if it is known.</param>
    /// <param name="expression">The expression, as text or by its variable's name.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public RaspException(string problem, SourceSpan? source = null, string? expression = null, Exception? innerException = null)
        : base(Located(problem, source, expression), innerException) =>
        (Problem, Span, Expression) = (problem, source, expression ?? source?.Text);

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>The place in the program's text; null for a program that was written in C#.</summary>
    public SourceSpan? Span { get; }

    /// <summary>The expression at fault; null where it is not known.</summary>
    public string? Expression { get; }

    internal static RaspException At(Expression expression, string problem) => new(problem, expression.Source, expression.ToString());

    private static string Located(string problem, SourceSpan? source, string? expression) =>
        source is { Text.Length: > 0 } ? $"{source.Place}: in '{source.Text}': {problem}"
        : source is not null ? $"{source.Place}: {problem}"
        : expression is not null ? $"In '{expression}': {problem}"
        : problem;
}
