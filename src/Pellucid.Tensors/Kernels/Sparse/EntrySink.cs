using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Every value above a threshold, or the <paramref name="most"/> largest of a batch: where a part's list holds half as many again, what cannot be
/// among them is dropped and the part's threshold rises. Equal values stay until all are known, but for those whose keys are too high.
/// </summary>
internal unsafe struct EntrySink(EntryLists lists, float threshold, long most) : IEncoderSink
{
    private const int LeastSpare = 8192;

    private EntryLists.List _list = null!;
    private float _threshold;
    private int _firstRow;

    public void Begin(int part, int firstRow, int rows)
    {
        _list = lists[part];
        _threshold = threshold;
        _firstRow = firstRow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector bound = TSimd.Broadcast(_threshold);
        ulong mask = 0;
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            mask |= (ulong)TSimd.GreaterMask(TSimd.Load(values + column), bound) << column;
        }

        if (mask != 0)
        {
            Append<TSimd, TVector>(row, values, latent, mask);
        }
    }

    public readonly void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // what is left over the number goes when all parts are known
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append<TSimd, TVector>(int row, float* values, int latent, ulong mask)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        _list.Extend(PackedMatrix.PanelWidth);
        float* to = _list.Values + _list.Length;
        ulong* keys = _list.Keys + _list.Length;
        ulong key = ((ulong)(uint)(_firstRow + row) << 32) + (uint)latent;
        for (; mask != 0; mask &= mask - 1)
        {
            int column = BitOperations.TrailingZeroCount(mask);
            *to++ = values[column];
            *keys++ = key + (uint)column;
        }

        _list.Length = (int)(to - _list.Values);
        if (_list.Length > most + Math.Max(LeastSpare, most / 2))
        {
            (float least, ulong lastTie) = _list.Cut<TSimd, TVector>(most);
            _list.Select(least, lastTie, null);
            _threshold = Math.Max(_threshold, lastTie > 0 ? MathF.BitDecrement(least) : least);
        }
    }
}
