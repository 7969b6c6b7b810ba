using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Counts each part's values above 0.</summary>
internal unsafe struct CountSink(long* counts) : IEncoderSink
{
    private int _part;
    private long _count;

    public void Begin(int part, int firstRow, int rows) => (_part, _count) = (part, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector zero = TSimd.Broadcast(0);
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            _count += BitOperations.PopCount(TSimd.GreaterMask(TSimd.Load(values + column), zero));
        }
    }

    public readonly void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        counts[_part] = _count;
}
