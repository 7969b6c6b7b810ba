namespace Pellucid.Tensors.Kernels;

/// <summary>Calls the <see cref="Tile"/> that was compiled for a number of rows and vectors.</summary>
internal static unsafe class Tiles
{
    internal static void Multiply<TSimd, TVector>(
        int rows, int vectors, float* a, float* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        switch (vectors)
        {
            case 3:
                OfRows<TSimd, TVector, Three>(rows, a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 2:
                OfRows<TSimd, TVector, Two>(rows, a, b, strideB, depth, c, strideC, add, bias);
                break;
            default:
                OfRows<TSimd, TVector, One>(rows, a, b, strideB, depth, c, strideC, add, bias);
                break;
        }
    }

    private static void OfRows<TSimd, TVector, TColumns>(
        int rows, float* a, float* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TColumns : struct, IConstant
    {
        switch (rows)
        {
            case 8:
                Tile.Multiply<TSimd, TVector, Eight, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 7:
                Tile.Multiply<TSimd, TVector, Seven, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 6:
                Tile.Multiply<TSimd, TVector, Six, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 5:
                Tile.Multiply<TSimd, TVector, Five, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 4:
                Tile.Multiply<TSimd, TVector, Four, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 3:
                Tile.Multiply<TSimd, TVector, Three, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            case 2:
                Tile.Multiply<TSimd, TVector, Two, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
            default:
                Tile.Multiply<TSimd, TVector, One, TColumns>(a, b, strideB, depth, c, strideC, add, bias);
                break;
        }
    }
}
