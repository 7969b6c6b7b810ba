namespace Pellucid.Tensors.Kernels;

/// <summary>Calls the <see cref="WindowTile"/> that was compiled for a number of rows and vectors.</summary>
internal static unsafe class WindowTiles
{
    internal static void Multiply<TSimd, TVector>(
        int rows, int vectors, float** a, int* places, nint depth, float* b, nint strideB, float** c, bool add, float* bias, bool relu)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        switch (vectors)
        {
            case 3:
                OfRows<TSimd, TVector, Three>(rows, a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 2:
                OfRows<TSimd, TVector, Two>(rows, a, places, depth, b, strideB, c, add, bias, relu);
                break;
            default:
                OfRows<TSimd, TVector, One>(rows, a, places, depth, b, strideB, c, add, bias, relu);
                break;
        }
    }

    private static void OfRows<TSimd, TVector, TColumns>(
        int rows, float** a, int* places, nint depth, float* b, nint strideB, float** c, bool add, float* bias, bool relu)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TColumns : struct, IConstant
    {
        switch (rows)
        {
            case 8:
                WindowTile.Multiply<TSimd, TVector, Eight, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 7:
                WindowTile.Multiply<TSimd, TVector, Seven, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 6:
                WindowTile.Multiply<TSimd, TVector, Six, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 5:
                WindowTile.Multiply<TSimd, TVector, Five, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 4:
                WindowTile.Multiply<TSimd, TVector, Four, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 3:
                WindowTile.Multiply<TSimd, TVector, Three, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            case 2:
                WindowTile.Multiply<TSimd, TVector, Two, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
            default:
                WindowTile.Multiply<TSimd, TVector, One, TColumns>(a, places, depth, b, strideB, c, add, bias, relu);
                break;
        }
    }
}
