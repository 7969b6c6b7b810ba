using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Writes every value, or 0 where it is below 0 or NaN, to [panel][row][48]; sums and counts each part's.</summary>
internal unsafe struct RectifiedSink(float* panels, int rows, double* sums, long* counts) : IEncoderSink
{
    private int _part;
    private int _firstRow;
    private double _sum;
    private long _count;

    public void Begin(int part, int firstRow, int rows) => (_part, _firstRow, _sum, _count) = (part, firstRow, 0, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* to = panels + ((nint)latent * rows) + ((nint)(_firstRow + row) * PackedMatrix.PanelWidth);
        TVector zero = TSimd.Broadcast(0), sum = zero;
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            TVector value = TSimd.Max(TSimd.Load(values + column), zero);
            TSimd.Store(to + column, value);
            sum = TSimd.Add(sum, value);
            _count += BitOperations.PopCount(TSimd.GreaterMask(value, zero));
        }

        _sum += TSimd.Sum(sum);
    }

    public readonly void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        (sums[_part], counts[_part]) = (_sum, _count);
}
