using System.Globalization;
using System.Text;
using Pellucid.GroundTruth.Notation;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>Writes statements as text that the parser reads back as the same statements.</summary>
internal static class Printer
{
    /// <summary>The text of a program.</summary>
    internal static string Print(IEnumerable<Statement> statements)
    {
        StringBuilder text = new();
        Write(text, statements, "");
        return text.ToString();
    }

    /// <summary>The text of an expression; what has operators is in parentheses wherever it is part of something.</summary>
    internal static string Print(Syntax expression) => expression switch
    {
        Syntax.Literal literal => Literal(literal.Value),
        Syntax.Name name => name.Text,
        Syntax.Unary { Operator: "not" } unary => $"not {Part(unary.Operand)}",
        Syntax.Unary unary => $"{unary.Operator}{Part(unary.Operand)}",
        Syntax.Binary binary => $"{Part(binary.Left)} {binary.Operator} {Part(binary.Right)}",
        Syntax.Choice choice => $"{Part(choice.Then)} if {Part(choice.Condition)} else {Part(choice.Else)}",
        Syntax.Call call => $"{Part(call.Function)}({string.Join(", ", call.Arguments.Select(Argument))})",
        Syntax.Index index => $"{Part(index.Indexed)}[{Print(index.At)}]",
        Syntax.Sequence sequence => $"[{string.Join(", ", sequence.Items.Select(Print))}]",
        Syntax.Table table => $"{{{string.Join(", ", table.Entries.Select(entry => $"{Print(entry.Key)}: {Print(entry.Value)}"))}}}",
        Syntax.Comprehension { Key: { } key } made => $"{{{Print(key)}: {Print(made.Value)} for {string.Join(", ", made.Names)} in {Print(made.List)}}}",
        Syntax.Comprehension made => $"[{Print(made.Value)} for {string.Join(", ", made.Names)} in {Print(made.List)}]",
        Syntax.Lambda { Parameters: [] } lambda => $"lambda: {Print(lambda.Body)}",
        Syntax.Lambda lambda => $"lambda {string.Join(", ", lambda.Parameters)}: {Print(lambda.Body)}",
        Syntax.Predicate predicate => predicate.Operator,
        _ => throw new ArgumentOutOfRangeException(nameof(expression)),
    };

    private static void Write(StringBuilder text, IEnumerable<Statement> statements, string indent)
    {
        foreach (Statement statement in statements)
        {
            switch (statement)
            {
                case Statement.Assignment assignment:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}{string.Join(", ", assignment.Names)} = {Print(assignment.Value)};\n");
                    break;
                case Statement.Evaluation evaluation:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}{Print(evaluation.Value)};\n");
                    break;
                case Statement.Definition definition:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}def {definition.Name}({string.Join(", ", definition.Parameters.Select(Parameter))}) {{\n");
                    Write(text, definition.Body, indent + "    ");
                    text.Append(CultureInfo.InvariantCulture, $"{indent}    return {Print(definition.Result)};\n{indent}}}\n");
                    break;
                case Statement.Loop loop:
                    text.Append(CultureInfo.InvariantCulture, $"{indent}for {string.Join(", ", loop.Names)} in {Print(loop.List)} {{\n");
                    Write(text, loop.Body, indent + "    ");
                    text.Append(CultureInfo.InvariantCulture, $"{indent}}}\n");
                    break;
            }
        }
    }

    private static string Part(Syntax expression) =>
        expression is Syntax.Unary or Syntax.Binary or Syntax.Choice or Syntax.Lambda ? $"({Print(expression)})" : Print(expression);

    private static string Argument(Argument argument) => argument switch
    {
        { Name: null } => Print(argument.Value),
        { Value: Syntax.Predicate predicate } => $"{argument.Name}= {predicate.Operator}",
        _ => $"{argument.Name}={Print(argument.Value)}",
    };

    private static string Parameter(Parameter parameter) => parameter.Default is null ? parameter.Name : $"{parameter.Name}={Print(parameter.Default)}";

    private static string Literal(Value value) => value.Kind switch
    {
        ValueKind.Undefined => "None",
        ValueKind.Boolean => value.IsTrue ? "True" : "False",
        ValueKind.Text => value.Text.Contains('"', StringComparison.Ordinal) ? $"'{value.Text}'" : $"\"{value.Text}\"",
        _ => value.ToString(),
    };
}
