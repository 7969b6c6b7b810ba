using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>Keeps each latent's examples while they are encoded. For parts that are ranges of latents over all rows.</summary>
internal unsafe struct ExampleSink(ExamplePointers examples) : IEncoderSink
{
    private long _firstPosition;

    public void Begin(int part, int firstRow, int rows) => _firstPosition = examples.FirstPosition + firstRow;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Take<TSimd, TVector>(int row, float* values, int latent)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        ulong mask = 0;
        for (int column = 0; column < PackedMatrix.PanelWidth; column += TSimd.Width)
        {
            mask |= (ulong)TSimd.GreaterMask(TSimd.Load(values + column), TSimd.Load(examples.Thresholds + latent + column)) << column;
        }

        if (mask != 0)
        {
            examples.Add<TSimd, TVector>(_firstPosition + row, values, latent, mask);
        }
    }

    public readonly void End<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // everything has been kept on the way
    }
}
