namespace Pellucid.Models.Chat;

/// <summary>A part of a template that has a value.</summary>
/// <param name="offset">Where it stands.</param>
internal abstract class Expression(int offset)
{
    internal int Offset { get; } = offset;

    internal object? Evaluate(RenderContext context, Scope scope)
    {
        context.Enter(Offset);
        object? value = Compute(context, scope);
        context.Leave();
        return value;
    }

    protected abstract object? Compute(RenderContext context, Scope scope);
}
