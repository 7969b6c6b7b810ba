namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The vector operations that kernels are written in, so that each kernel has one source for every instruction set. Everything inlines to
/// one or a few instructions; a kernel is generic over the set and its vector type.
/// </summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Rows of the largest register tile of a product that is three vectors wide.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Load(float* source);

    /// <summary>The first <paramref name="count"/> lanes from memory, the others zero; reads nothing beyond them.</summary>
    static abstract TVector LoadFirst(float* source, int count);

    /// <summary>As many bfloat16 numbers as a vector has lanes, widened, which is exact.</summary>
    static abstract TVector LoadBFloat16(ushort* source);

    static abstract void Store(float* target, TVector value);

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing beyond them.</summary>
    static abstract void StoreFirst(float* target, TVector value, int count);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left · right + addend, rounded once where the set has fused multiply-add.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The larger lane; <paramref name="right"/> where it is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The smaller lane; <paramref name="right"/> where it is NaN.</summary>
    static abstract TVector Min(TVector left, TVector right);

    static abstract TVector Abs(TVector value);

    static abstract TVector Sqrt(TVector value);

    /// <summary>To the nearest integer, halves to even.</summary>
    static abstract TVector Round(TVector value);

    /// <summary>value · 2^exponent for integral exponents from -252 to 254, rounded once, also into the subnormal range.</summary>
    static abstract TVector Scale(TVector value, TVector exponent);

    /// <summary>Lane by lane: <paramref name="yes"/> where left &gt; right, else <paramref name="no"/>.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector yes, TVector no);

    /// <summary>The first <paramref name="count"/> lanes of <paramref name="value"/>, then those of <paramref name="rest"/>.</summary>
    static abstract TVector First(TVector value, TVector rest, int count);

    /// <summary>A bit per lane, set where left &gt; right.</summary>
    static abstract uint GreaterMask(TVector left, TVector right);

    /// <summary>The sum of all lanes, halves folded onto each other.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TVector value);

    static abstract void Prefetch(float* address);
}
