using System.Numerics;
using System.Runtime.CompilerServices;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The largest positive values of each row. A value becomes a candidate where it beats the k-th largest that its row had when its list was
/// last full. Writes each part's best, largest first, to [part's rows, k], and how many there are.
/// </summary>
internal unsafe struct TopKSink : IEncoderSink
{
    private readonly int _k;
    private readonly int _capacity;
    private readonly TopKOutput _output;
    private float* _thresholds;
    private int* _lengths;
    private float* _values;
    private int* _places;
    private ulong* _keys;
    private int _split;
    private int _firstRow;
    private int _rows;

    internal TopKSink(int k, TopKOutput output)
    {
        _k = k;
        _output = output;
        _capacity = Capacity(k);
    }

    internal static int Capacity(int k) => (k + Math.Clamp(3 * k, 96, 1024) + 15) / 16 * 16;

    public void Begin(int part, int firstRow, int rows)
    {
        (_split, _firstRow, _rows) = (part % _output.Splits, firstRow, rows);
        long lists = (long)rows * _capacity;
        float* memory = Scratch.Rent(3, (2 * lists) + (2L * _capacity) + (2L * rows));
        _keys = (ulong*)memory;
        _values = memory + (2 * _capacity);
        _places = (int*)(_values + lists);
        _thresholds = _values + (2 * lists);
        _lengths = (int*)(_thresholds + rows);
        new Span<float>(_thresholds, 2 * rows).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector threshold = TSimd.Broadcast(_thresholds[row]);
        ulong mask = 0;
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            mask |= (ulong)TSimd.GreaterMask(TSimd.Load(values + column), threshold) << column;
        }

        if (mask != 0)
        {
            Append<TSimd, TVector>(row, values, latent, mask);
        }
    }

    public void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        for (int row = 0; row < _rows; row++)
        {
            float* values = _values + ((nint)row * _capacity);
            int* places = _places + ((nint)row * _capacity);
            int length = _lengths[row];
            if (length > _k)
            {
                Candidates.Reduce<TSimd, TVector>(values, places, length, _k);
                length = _k;
            }

            Candidates.Sort(values, places, length, _keys);
            _output.Write(_split, _firstRow + row, values, places, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append<TSimd, TVector>(int row, float* values, int latent, ulong mask)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* to = _values + ((nint)row * _capacity);
        int* places = _places + ((nint)row * _capacity);
        int length = _lengths[row];
        if (length + PackedMatrix.PanelWidth > _capacity)
        {
            _thresholds[row] = Candidates.Reduce<TSimd, TVector>(to, places, length, _k);
            length = _k;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int column = BitOperations.TrailingZeroCount(mask);
            to[length] = values[column];
            places[length++] = latent + column;
        }

        _lengths[row] = length;
    }
}
