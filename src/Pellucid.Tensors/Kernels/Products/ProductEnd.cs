using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// What is applied to a block of C while it is still in the nearest cache: the same function of a vector as the elementwise kernels, so the
/// bits are those of a separate pass.
/// </summary>
internal static unsafe class ProductEnd
{
    /// <summary>Applies the activation in place to rows of <paramref name="width"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Apply<TSimd, TVector>(Activation activation, float* c, nint strideC, int rows, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        switch (activation)
        {
            case Activation.None:
                break;
            case Activation.Relu:
                Map<TSimd, TVector, ReluOperation>(c, strideC, rows, width);
                break;
            case Activation.Gelu:
                Map<TSimd, TVector, GeluOperation>(c, strideC, rows, width);
                break;
            case Activation.GeluTanh:
                Map<TSimd, TVector, GeluTanhOperation>(c, strideC, rows, width);
                break;
            case Activation.Silu:
                Map<TSimd, TVector, SiluOperation>(c, strideC, rows, width);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "This activation has no kernel.");
        }
    }

    private static void Map<TSimd, TVector, TOperation>(float* c, nint strideC, int rows, int width)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TOperation : struct, IUnaryOperation
    {
        for (int row = 0; row < rows; row++, c += strideC)
        {
            new UnaryKernel<TOperation>(default, c, c).Run<TSimd, TVector>(0, width);
        }
    }
}
