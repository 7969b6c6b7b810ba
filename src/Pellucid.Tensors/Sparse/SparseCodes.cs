using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The active latents of some rows, row after row (compressed sparse rows): the places of row r are <c>Offsets[r]</c> to
/// <c>Offsets[r + 1] − 1</c>, each a latent and its value. A <see cref="SparseEncoder"/> fills it; filling it again reuses its memory. Owns
/// native memory. Reading is safe from many threads, filling is not.
/// </summary>
public sealed unsafe class SparseCodes : IDisposable
{
    private readonly GrowingBuffer _offsets = new();
    private readonly GrowingBuffer _indices = new();
    private readonly GrowingBuffer _values = new();

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of latents that a row could have.</summary>
    public int Latents { get; private set; }

    /// <summary>Active places of all rows together.</summary>
    public int Count => Rows == 0 ? 0 : OffsetsPointer[Rows];

    /// <summary>[rows + 1]: where each row's places begin; the last is <see cref="Count"/>.</summary>
    public ReadOnlySpan<int> Offsets => Rows == 0 ? [0] : new(OffsetsPointer, Rows + 1);

    /// <summary>[count]: the latent of each place.</summary>
    public ReadOnlySpan<int> Indices => new(IndicesPointer, Count);

    /// <summary>[count]: the value of each place.</summary>
    public Span<float> Values => new(ValuesPointer, Count);

    internal int* OffsetsPointer => (int*)_offsets.Pointer;

    internal int* IndicesPointer => (int*)_indices.Pointer;

    internal float* ValuesPointer => (float*)_values.Pointer;

    /// <summary>Codes from their three arrays.</summary>
    /// <param name="latents">Number of latents.</param>
    /// <param name="offsets">[rows + 1], from 0, never falling.</param>
    /// <param name="indices">[count], each 0 to <paramref name="latents"/> − 1.</param>
    /// <param name="values">[count].</param>
    /// <exception cref="ShapeException">The arrays do not fit each other.</exception>
    public static SparseCodes From(int latents, ReadOnlySpan<int> offsets, ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        bool fits = offsets.Length > 0 && offsets[0] == 0 && offsets[^1] == indices.Length && indices.Length == values.Length
            && (indices.IsEmpty || !indices.ContainsAnyExceptInRange(0, latents - 1));
        for (int row = 1; fits && row < offsets.Length; row++)
        {
            fits = offsets[row] >= offsets[row - 1];
        }

        if (!fits)
        {
            throw new ShapeException(
                $"SparseCodes: {offsets.Length} offsets, {indices.Length} indices and {values.Length} values for {latents} latents do not fit: offsets rise from 0 to the number of places, indices are below the number of latents.");
        }

        SparseCodes codes = new();
        codes.Reserve(offsets.Length - 1, latents, indices.Length);
        offsets.CopyTo(new Span<int>(codes.OffsetsPointer, offsets.Length));
        indices.CopyTo(new Span<int>(codes.IndicesPointer, indices.Length));
        values.CopyTo(new Span<float>(codes.ValuesPointer, values.Length));
        return codes;
    }

    /// <summary>Value of one latent on one row, 0 where it is not active.</summary>
    /// <param name="row">The row.</param>
    /// <param name="latent">The latent.</param>
    public float this[int row, int latent]
    {
        get
        {
            int start = Offsets[row], place = Indices[start..Offsets[row + 1]].IndexOf(latent);
            return place < 0 ? 0 : Values[start + place];
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Rows = 0;
        _offsets.Dispose();
        _indices.Dispose();
        _values.Dispose();
    }

    /// <summary>Makes room for new contents, all of them undefined.</summary>
    internal void Reserve(int rows, int latents, long places)
    {
        if (places > Array.MaxLength)
        {
            throw new PellucidException($"{places} active places do not fit one set of codes, which holds {Array.MaxLength}. Encode fewer rows at once.");
        }

        (Rows, Latents) = (rows, latents);
        _offsets.Reserve((rows + 1L) * sizeof(int));
        _indices.Reserve(places * sizeof(int));
        _values.Reserve(places * sizeof(float));
        OffsetsPointer[rows] = 0;
    }
}
