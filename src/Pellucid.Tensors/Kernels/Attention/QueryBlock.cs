using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Up to 48 neighbouring queries of one head, one in each lane of a few vectors, and which keys they see. Scores and weights of a block
/// are arrays [key][48], so that all that softmax does runs down columns of vectors and never across one.
/// </summary>
internal readonly struct QueryBlock
{
    /// <summary>Queries in a block.</summary>
    internal const int Lanes = PackedMatrix.PanelWidth;

    private readonly int _position;
    private readonly int _window;
    private readonly int _vector;
    private readonly bool _causal;

    /// <summary><paramref name="count"/> queries from <paramref name="first"/> on, in vectors of so many lanes.</summary>
    internal QueryBlock(in AttentionArguments arguments, int first, int count, int vector)
    {
        First = first;
        Count = count;
        Width = (count + vector - 1) / vector * vector;
        FirstKey = arguments.First(first);
        EndKey = Math.Max(FirstKey, arguments.Seen(first + count - 1));
        _position = arguments.QueryOffset + first;
        _window = arguments.Window;
        _vector = vector;
        _causal = arguments.Causal;
    }

    internal int First { get; }

    internal int Count { get; }

    /// <summary>The lanes in use: the count, rounded up to whole vectors.</summary>
    internal int Width { get; }

    /// <summary>The first key that any of the queries sees.</summary>
    internal int FirstKey { get; }

    /// <summary>The end of the keys that any of the queries sees.</summary>
    internal int EndKey { get; }

    /// <summary>The lanes, in whole vectors, that see any of some neighbouring keys.</summary>
    internal (int Start, int End) LanesOf(int key, int keys)
    {
        int start = _causal ? Math.Max(0, key - _position) / _vector * _vector : 0;
        int last = _window > 0 ? (int)Math.Min(Width, (long)key + keys - 1 - _position + _window) : Width;
        return (start, Math.Max(start, (last + _vector - 1) / _vector * _vector));
    }

    /// <summary>The keys from <paramref name="first"/> to <paramref name="end"/> that any query of the vector at a lane sees.</summary>
    internal (int Start, int End) KeysOf(int lane, int first, int end)
    {
        int start = _window > 0 ? (int)Math.Clamp((long)_position + lane + 1 - _window, first, end) : first;
        return (start, _causal ? Math.Clamp(_position + lane + _vector, start, end) : end);
    }

    /// <summary>
    /// Where runs of panels of eight keys, from <paramref name="key"/> on, are seen by the same lanes: the run's end and those lanes.
    /// </summary>
    internal (int Key, int Start, int End) RunFrom(int key, int end)
    {
        (int Start, int End) lanes = LanesOf(key, Math.Min(Tile.PanelRows, end - key));
        do
        {
            key += Tile.PanelRows;
        }
        while (key < end && LanesOf(key, Math.Min(Tile.PanelRows, end - key)) == lanes);
        return (Math.Min(key, end), lanes.Start, lanes.End);
    }

    /// <summary>
    /// Puts -∞ where a lane of the vector at <paramref name="lane"/> does not see a key; <paramref name="scores"/> is that vector's first key,
    /// <paramref name="start"/>, and the keys are those of <see cref="KeysOf"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Mask<TSimd, TVector>(float* scores, int lane, int start, int end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector none = TSimd.Broadcast(float.NegativeInfinity);
        int own = _position + lane;
        for (int key = _causal ? Math.Max(start, own + 1) : end; key < end; key++)
        {
            float* at = scores + ((nint)(key - start) * Lanes);
            TSimd.Store(at, TSimd.First(none, TSimd.Load(at), key - own));
        }

        int full = _window > 0 ? (int)Math.Min(end, (long)own + TSimd.Width - _window) : start;
        for (int key = start; key < full; key++)
        {
            float* at = scores + ((nint)(key - start) * Lanes);
            TSimd.Store(at, TSimd.First(TSimd.Load(at), none, key - own + _window));
        }
    }
}
