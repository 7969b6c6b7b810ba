namespace Pellucid.Models.Chat;

/// <summary>How a template goes on after a statement.</summary>
internal enum Flow
{
    /// <summary>With the next one.</summary>
    Next,

    /// <summary>With the loop's next turn.</summary>
    Continue,

    /// <summary>After the loop.</summary>
    Break,
}

/// <summary>A part of a template that writes or does something.</summary>
/// <param name="offset">Where it stands.</param>
internal abstract class Statement(int offset)
{
    internal int Offset { get; } = offset;

    internal static Flow ExecuteAll(IReadOnlyList<Statement> body, RenderContext context, Scope scope)
    {
        foreach (Statement statement in body)
        {
            context.Enter(statement.Offset);
            Flow flow = statement.Execute(context, scope);
            context.Leave();
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    protected abstract Flow Execute(RenderContext context, Scope scope);
}
