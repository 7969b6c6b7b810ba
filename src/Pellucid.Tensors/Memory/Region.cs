using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Memory;

/// <summary>
/// A stretch of native memory that large blocks are cut from, aligned for huge pages. Memory that nobody has written to costs addresses
/// alone.
/// </summary>
internal sealed unsafe partial class Region
{
    internal const nuint HugePage = 2u << 20;
    private const int AdviseHugePage = 14;

    /// <exception cref="PellucidException">The system has no such stretch.</exception>
    internal Region(nuint size)
    {
        try
        {
            Start = (byte*)NativeMemory.AlignedAlloc(size, HugePage);
        }
        catch (OutOfMemoryException error)
        {
            GC.SuppressFinalize(this);
            throw new PellucidException(
                $"{size / 1e9:F2} GB of memory could not be had for one array. Use a smaller batch or a shorter context.", error);
        }

        Size = size;
        GC.AddMemoryPressure((long)size);
        if (OperatingSystem.IsLinux())
        {
            _ = AdviseMemory(Start, size, AdviseHugePage); // a refusal costs speed, never correctness
        }
    }

    ~Region() => Free();

    internal byte* Start { get; private set; }

    internal nuint Size { get; }

    /// <summary>Bytes of blocks that are in use.</summary>
    internal nuint Used { get; set; }

    /// <summary>When a block was last cut from it: the count of blocks by then.</summary>
    internal long LastUse { get; set; }

    /// <summary>Gives the memory back to the system, once: of a pool that was forgotten, a block's finalizer may come after the region's.</summary>
    internal void Free()
    {
        if (Start is not null)
        {
            GC.SuppressFinalize(this);
            NativeMemory.AlignedFree(Start);
            GC.RemoveMemoryPressure((long)Size);
            Start = null;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nuint length, int advice);
}
