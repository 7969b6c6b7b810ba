using System.Runtime.CompilerServices;

namespace Pellucid.Tensors.Kernels;

/// <summary>How the elements of B's panels are stored; they are widened to single precision as they are read, which is exact.</summary>
internal unsafe interface IPanelStorage
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>A vector of elements from <paramref name="index"/> on.</summary>
    static abstract TVector Load<TSimd, TVector>(byte* panel, nint index)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}

/// <summary>Single precision.</summary>
internal readonly unsafe struct SingleStorage : IPanelStorage
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* panel, nint index)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.Load((float*)panel + index);
}

/// <summary>The upper halves of single precision.</summary>
internal readonly unsafe struct BFloat16Storage : IPanelStorage
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* panel, nint index)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct =>
        TSimd.LoadBFloat16((ushort*)panel + index);
}
