namespace Pellucid.Tensors.Kernels;

/// <summary>Where the best of each row go: [splits, rows, k] values and latents, and [splits, rows] how many.</summary>
internal readonly unsafe struct TopKOutput(int splits, int rows, int k, float* values, int* latents, int* counts, int* names)
{
    internal int Splits => splits;

    internal float* ValuesOf(int split, int row) => values + ((((nint)split * rows) + row) * k);

    internal int* LatentsOf(int split, int row) => latents + ((((nint)split * rows) + row) * k);

    internal int CountOf(int split, int row) => counts[((nint)split * rows) + row];

    /// <summary>Writes a row's best; where the encoder holds some of the latents only, under their own names.</summary>
    internal void Write(int split, int row, float* from, int* places, int length)
    {
        new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(ValuesOf(split, row), length));
        int* to = LatentsOf(split, row);
        for (int index = 0; index < length; index++)
        {
            to[index] = names == null ? places[index] : names[places[index]];
        }

        counts[((nint)split * rows) + row] = length;
    }
}
