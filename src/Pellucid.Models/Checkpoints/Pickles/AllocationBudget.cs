namespace Pellucid.Models.Pickles;

/// <summary>
/// The managed memory that may be taken while a file's description of itself is read: three times the file and a little. A few bytes of a pickle can ask
/// for many objects; a checkpoint that is one spends its bytes on values.
/// </summary>
internal sealed class AllocationBudget(FileBytes file)
{
    private const long Spare = 96 << 10;

    private long _left = (3 * file.Length) + Spare;

    /// <summary>Takes some bytes off.</summary>
    /// <exception cref="Pellucid.Tensors.Files.BadFileException">There are not so many left.</exception>
    internal void Charge(long bytes)
    {
        if (bytes > _left)
        {
            throw file.Bad($"it asks for more objects than a file of {file.Length} bytes can need");
        }

        _left -= bytes;
    }
}
