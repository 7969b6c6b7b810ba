using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Turns active values in panels [panel][row][48] into the gradients of the loss with respect to them, in place: factor · e · W_dec[i] +
/// penalty, where the product comes from the kernel; what was 0 stays 0.
/// </summary>
internal unsafe struct SlopeSink(float* panels, int rows, float factor, float penalty) : IEncoderSink
{
    private int _firstRow;

    public void Begin(int part, int firstRow, int rows) => _firstRow = firstRow;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        float* to = panels + ((nint)latent * rows) + ((nint)(_firstRow + row) * PackedMatrix.PanelWidth);
        TVector zero = TSimd.Broadcast(0), wide = TSimd.Broadcast(factor), constant = TSimd.Broadcast(penalty);
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            TVector slope = TSimd.Add(TSimd.Multiply(wide, TSimd.Load(values + column)), constant);
            TSimd.Store(to + column, TSimd.SelectGreater(TSimd.Load(to + column), zero, slope, zero));
        }
    }

    public readonly void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // everything has been written on the way
    }
}
