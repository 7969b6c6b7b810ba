using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>A chat template that does not parse, or that cannot be rendered for these messages: what, where, what to do.</summary>
public sealed class ChatTemplateException : PellucidException
{
    /// <summary>Creates the error.</summary>
    /// <param name="problem">What was met and what was expected.</param>
    /// <param name="line">Line in the template, from 1.</param>
    /// <param name="column">Column in the line, from 1, in UTF-16 units.</param>
    public ChatTemplateException(string problem, int line, int column)
        : base($"Chat template, line {line}, column {column}: {problem}") => (Line, Column) = (line, column);

    /// <summary>Line in the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in the line, from 1, in UTF-16 units.</summary>
    public int Column { get; }
}
