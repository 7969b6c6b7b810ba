using Pellucid.Tensors;

namespace Pellucid.Models.Checkpoints;

/// <summary>
/// The arrays of a checkpoint by the names that they have there, whatever the container: safetensors, pickles, GGUF, one file or many. Opening
/// reads no more than the headers; values are read row by row when asked for, as single-precision numbers. Safe for one thread.
/// </summary>
internal abstract class CheckpointArrays : IDisposable
{
    /// <summary>The file or folder, for messages.</summary>
    internal abstract string Path { get; }

    /// <summary>The names of all arrays whose values can be read as numbers, and the shape of each, outermost axis first.</summary>
    internal abstract IReadOnlyDictionary<string, Shape> Shapes { get; }

    /// <summary>Reads consecutive rows of an array, converted to single precision. A row is everything but the outermost axis; an array of rank 0 or 1 is one row.</summary>
    /// <param name="name">One of <see cref="Shapes"/>.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    /// <exception cref="Pellucid.Tensors.Files.BadFileException">The file ended early or its values cannot be read.</exception>
    internal abstract void ReadRows(string name, int firstRow, Span<float> destination);

    /// <summary>The names of arrays whose values are no numbers of a weight, so that they are not among <see cref="Shapes"/>: masks, places.</summary>
    internal virtual IReadOnlyCollection<string> Unreadable => [];

    /// <summary>Texts that were written with the arrays, where the container has such.</summary>
    internal virtual IReadOnlyDictionary<string, string> Texts => System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Closes the files.</summary>
    public abstract void Dispose();
}
