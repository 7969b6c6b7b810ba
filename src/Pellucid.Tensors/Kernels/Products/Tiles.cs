namespace Pellucid.Tensors.Kernels;

/// <summary>Calls the <see cref="Tile"/> that was compiled for a number of rows and vectors.</summary>
internal static unsafe class Tiles
{
    /// <summary>A tile whose B is single precision.</summary>
    internal static void Multiply<TSimd, TVector>(
        int rows, int vectors, float* a, float* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        Multiply<TSimd, TVector, SingleStorage>(rows, vectors, a, (byte*)b, strideB, depth, c, strideC, add, bias, (byte*)b, 0);

    internal static void Multiply<TSimd, TVector, TStorage>(
        int rows, int vectors, float* a, byte* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias, byte* next, nint nextStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TStorage : struct, IPanelStorage
    {
        switch (vectors)
        {
            case 3:
                OfRows<TSimd, TVector, TStorage, Three>(rows, a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 2:
                OfRows<TSimd, TVector, TStorage, Two>(rows, a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            default:
                OfRows<TSimd, TVector, TStorage, One>(rows, a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
        }
    }

    private static void OfRows<TSimd, TVector, TStorage, TColumns>(
        int rows, float* a, byte* b, nint strideB, nint depth, float* c, nint strideC, bool add, float* bias, byte* next, nint nextStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        where TStorage : struct, IPanelStorage
        where TColumns : struct, IConstant
    {
        switch (rows)
        {
            case 8:
                Tile.Multiply<TSimd, TVector, TStorage, Eight, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 7:
                Tile.Multiply<TSimd, TVector, TStorage, Seven, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 6:
                Tile.Multiply<TSimd, TVector, TStorage, Six, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 5:
                Tile.Multiply<TSimd, TVector, TStorage, Five, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 4:
                Tile.Multiply<TSimd, TVector, TStorage, Four, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 3:
                Tile.Multiply<TSimd, TVector, TStorage, Three, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            case 2:
                Tile.Multiply<TSimd, TVector, TStorage, Two, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
            default:
                Tile.Multiply<TSimd, TVector, TStorage, One, TColumns>(a, b, strideB, depth, c, strideC, add, bias, next, nextStep);
                break;
        }
    }
}
