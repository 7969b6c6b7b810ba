namespace Pellucid.Tensors;

/// <summary>
/// An operation that could not be done, in one line for the person who asked for it: the value that was met,
/// what was expected, and the next thing to do. Everything that Pellucid refuses derives from this type.
/// </summary>
public class PellucidException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: what, where, what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public PellucidException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
