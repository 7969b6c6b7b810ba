using Pellucid.Tensors.Sparse;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// The active places of one or two sets of codes, sorted by latent (compressed sparse columns) by counting: a latent's places follow each
/// other in the order of the rows, those of the second set after those of the first, so that sums over them have one order. A place has
/// the row of its error (rows of the second set come after those of the first), the factor of that error in the decoder's gradient, and
/// the factor of its input in the encoder's.
/// </summary>
internal sealed unsafe class PlacesByLatent : IDisposable
{
    private readonly GrowingBuffer _first = new();
    private readonly GrowingBuffer _rows = new();
    private readonly GrowingBuffer _amounts = new();
    private readonly GrowingBuffer _slopes = new();

    /// <summary>[latents + 1]: where each latent's places begin.</summary>
    internal int* First => (int*)_first.Pointer;

    internal int* Rows => (int*)_rows.Pointer;

    internal float* Amounts => (float*)_amounts.Pointer;

    internal float* Slopes => (float*)_slopes.Pointer;

    public void Dispose()
    {
        _first.Dispose();
        _rows.Dispose();
        _amounts.Dispose();
        _slopes.Dispose();
    }

    /// <param name="latents">Number of latents.</param>
    /// <param name="sets">What is sorted; of each its codes, the slopes of its places and the factor of its errors.</param>
    internal void Sort(int latents, ReadOnlySpan<Set> sets)
    {
        int* first = (int*)_first.Reserve((latents + 2L) * sizeof(int)); // one more, so that filling leaves the begins in place
        new Span<int>(first, latents + 2).Clear();
        long places = 0;
        foreach (Set set in sets)
        {
            int count = set.Codes.Count;
            int* indices = set.Codes.IndicesPointer;
            for (int place = 0; place < count; place++)
            {
                first[indices[place] + 2]++;
            }

            places += count;
        }

        if (places > Array.MaxLength)
        {
            throw new PellucidException($"{places} active places are more than {Array.MaxLength}. Train with a smaller batch.");
        }

        for (int latent = 2; latent <= latents; latent++)
        {
            first[latent] += first[latent - 1];
        }

        int* rows = (int*)_rows.Reserve(places * sizeof(int));
        float* amounts = (float*)_amounts.Reserve(places * sizeof(float)), slopes = (float*)_slopes.Reserve(places * sizeof(float));
        int firstRow = 0;
        foreach (Set set in sets)
        {
            int* offsets = set.Codes.OffsetsPointer, indices = set.Codes.IndicesPointer;
            float* values = set.Codes.ValuesPointer, from = (float*)set.Slopes.Pointer;
            for (int row = 0; row < set.Codes.Rows; row++)
            {
                for (int place = offsets[row]; place < offsets[row + 1]; place++)
                {
                    int at = first[indices[place] + 1]++;
                    rows[at] = firstRow + row;
                    amounts[at] = values[place] * set.Factor;
                    slopes[at] = from[place];
                }
            }

            firstRow += set.Codes.Rows;
        }
    }

    internal readonly record struct Set(SparseCodes Codes, GrowingBuffer Slopes, float Factor);
}
