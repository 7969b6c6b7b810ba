// Philox-4x32-10: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC11).
// A block of four words is a keyed bijection of a counter, so any stream can be entered at any place without the ones before it.
namespace Pellucid.Tensors;

/// <summary>
/// A seeded generator of random numbers: the same seed and stream give the same numbers on every machine, and streams are independent,
/// so that a shard of work draws its own whatever ran before it. Not safe for concurrent use; make one a thread.
/// </summary>
public sealed class SeededRandom
{
    private readonly ulong _key;
    private readonly ulong _stream;
    private readonly uint[] _block = new uint[4];
    private ulong _counter;
    private int _used = 4;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">Any value; the experiment's seed.</param>
    /// <param name="stream">Any value; which of the seed's independent streams.</param>
    public SeededRandom(long seed, long stream = 0)
    {
        _key = (ulong)seed;
        _stream = (ulong)stream;
    }

    /// <summary>How many 32-bit words have been drawn; with seed and stream, the whole state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set below 0.</exception>
    public long Position
    {
        get => ((long)_counter * 4) - (4 - _used);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _counter = (ulong)(value / 4);
            _used = 4;
            for (int i = 0; i < value % 4; i++)
            {
                NextWord();
            }
        }
    }

    /// <summary>Uniform on 0 to 2^32 − 1.</summary>
    public uint NextWord()
    {
        if (_used == 4)
        {
            Philox(_counter++, _stream, _key, _block);
            _used = 0;
        }

        return _block[_used++];
    }

    /// <summary>Uniform on [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        ulong high = NextWord();
        return (((high << 32) | NextWord()) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform on 0 to <paramref name="limit"/> − 1, without bias.</summary>
    /// <param name="limit">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public int NextInt(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        uint threshold = (uint)(0x1_0000_0000UL % (uint)limit);
        ulong product;
        do
        {
            product = (ulong)NextWord() * (uint)limit;
        }
        while ((uint)product < threshold);
        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Box–Muller, one value a call).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the items into a uniformly random order (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A uniformly random subset of 0..count−1, in random order.</summary>
    /// <param name="count">Size of the whole.</param>
    /// <param name="size">How many to draw; all of them when it exceeds <paramref name="count"/>.</param>
    public int[] Sample(int count, int size)
    {
        int[] all = new int[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = i;
        }

        Shuffle<int>(all);
        return size < count ? all[..size] : all;
    }

    /// <summary>A 64-bit hash of up to three values under the Philox bijection, for priorities that do not depend on order.</summary>
    public static ulong Hash(ulong a, ulong b = 0, ulong c = 0)
    {
        Span<uint> block = stackalloc uint[4];
        Philox(a, b, c, block);
        return ((ulong)block[0] << 32) | block[1];
    }

    internal static void Philox(ulong counter, ulong stream, ulong key, Span<uint> block)
    {
        uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = (uint)stream, c3 = (uint)(stream >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        (block[0], block[1], block[2], block[3]) = (c0, c1, c2, c3);
    }
}
