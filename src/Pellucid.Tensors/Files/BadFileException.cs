namespace Pellucid.Tensors.Files;

/// <summary>A file from outside that is not what it claims to be, or cannot be read.</summary>
public sealed class BadFileException : PellucidException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="problem">What was met and what was expected, without a full stop.</param>
    /// <param name="advice">What to do next, without a full stop.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public BadFileException(string path, string problem, string advice, Exception? innerException = null)
        : base($"{path}: {problem}. {advice}.", innerException) => Path = path;

    /// <summary>The file or folder that was refused.</summary>
    public string Path { get; }
}
