using System.Runtime.InteropServices;

namespace Pellucid.Tensors.Memory;

/// <summary>
/// Cuts large blocks from a few regions: a request takes the smallest free range that holds it, and a range that comes back joins its
/// neighbours. So memory that one size has left serves any other, and a training step, whose forward and backward passes ask for different
/// sizes, gets no page anew from the system, which would have to fill it with zeros first. The lists are short and are gone through in order.
/// Not safe for many threads: <see cref="BufferPool"/> holds its lock.
/// </summary>
internal sealed unsafe class Regions(bool keeps)
{
    /// <summary>Blocks begin a multiple of this apart, so that each begins at a page of its own.</summary>
    private const nuint Step = 64 << 10;

    private const nuint LeastRegion = 32u << 20;
    private const nuint MostRegion = 1u << 30;

    private readonly List<Region> _regions = [];

    /// <summary>Free ranges by address. No two of one region touch.</summary>
    private readonly List<FreeRange> _free = [];
    private long _taken;

    /// <summary>Bytes of all regions, in use or not.</summary>
    internal long Held { get; private set; }

    internal static nuint RoundUp(long bytes) => ((nuint)bytes + Step - 1) / Step * Step;

    /// <summary>Takes a range of a size that <see cref="RoundUp"/> gave.</summary>
    internal (Region Region, nuint Address) Take(nuint size)
    {
        int best = -1;
        Span<FreeRange> free = CollectionsMarshal.AsSpan(_free);
        for (int i = 0; i < free.Length; i++)
        {
            if (free[i].Size >= size && (best < 0 || free[i].Size < free[best].Size))
            {
                best = i;
            }
        }

        if (best < 0)
        {
            best = Grow(size);
        }

        FreeRange found = _free[best];
        if (found.Size == size)
        {
            _free.RemoveAt(best);
        }
        else
        {
            _free[best] = found with { Address = found.Address + size, Size = found.Size - size };
        }

        found.Region.Used += size;
        found.Region.LastUse = ++_taken;
        return (found.Region, found.Address);
    }

    /// <summary>Takes a range back.</summary>
    internal void Return(Region region, nuint address, nuint size)
    {
        region.Used -= size;
        int next = IndexAfter(address);
        FreeRange range = new(region, address, size);
        if (next < _free.Count && _free[next] is { } right && right.Region == region && right.Address == address + size)
        {
            range = range with { Size = size + right.Size };
            _free.RemoveAt(next);
        }

        if (next > 0 && _free[next - 1] is { } left && left.Region == region && left.Address + left.Size == address)
        {
            _free[next - 1] = left with { Size = left.Size + range.Size };
        }
        else
        {
            _free.Insert(next, range);
        }
    }

    /// <summary>
    /// Gives regions that nobody uses back to the system, the one that was not used for longest first, until those that stay are no more than so many
    /// bytes together.
    /// </summary>
    internal void Trim(long most)
    {
        while (true)
        {
            long unused = 0;
            Region? oldest = null;
            foreach (Region region in _regions)
            {
                if (region.Used == 0)
                {
                    unused += (long)region.Size;
                    oldest = oldest is null || region.LastUse < oldest.LastUse ? region : oldest;
                }
            }

            if (unused <= most || oldest is null)
            {
                return;
            }

            _regions.Remove(oldest);
            _free.RemoveAt(IndexAfter((nuint)oldest.Start) - 1);
            Held -= (long)oldest.Size;
            oldest.Free();
        }
    }

    /// <summary>Adds a region, each about a quarter of what is there, so that a large process has few and a small one wastes little.</summary>
    private int Grow(nuint size)
    {
        nuint wanted = keeps ? nuint.Max(size, nuint.Clamp((nuint)Held / 4, LeastRegion, MostRegion)) : size;
        Region region = new((wanted + Region.HugePage - 1) / Region.HugePage * Region.HugePage);
        _regions.Add(region);
        Held += (long)region.Size;
        int index = IndexAfter((nuint)region.Start);
        _free.Insert(index, new FreeRange(region, (nuint)region.Start, region.Size));
        return index;
    }

    /// <summary>The index of the first free range beyond an address.</summary>
    private int IndexAfter(nuint address)
    {
        (int low, int high) = (0, _free.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _free[middle].Address > address ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private readonly record struct FreeRange(Region Region, nuint Address, nuint Size);
}
