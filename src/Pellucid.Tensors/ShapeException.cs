namespace Pellucid.Tensors;

/// <summary>Arrays whose shapes do not fit the operation; the message names the operation and both shapes with their axes.</summary>
public sealed class ShapeException : PellucidException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: the operation, the shapes met, the shapes expected.</param>
    public ShapeException(string message)
        : base(message)
    {
    }
}
