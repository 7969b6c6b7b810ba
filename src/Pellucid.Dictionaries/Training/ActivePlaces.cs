namespace Pellucid.Dictionaries.Training;

/// <summary>The active places of a batch, sorted by latent: the row of each and its value.</summary>
internal sealed class ActivePlaces(int most)
{
    internal int[] Rows { get; } = new int[most];

    internal float[] Values { get; } = new float[most];

    /// <summary>Adds each latent's number of active places to counts[latent + 1].</summary>
    internal void Count(int[] counts, SparseLatents latents, int[]? names)
    {
        ReadOnlySpan<float> values = latents.Values.AsSpan();
        ReadOnlySpan<int> indices = latents.Indices.AsSpan<int>();
        for (int place = 0; place < values.Length; place++)
        {
            if (values[place] > 0)
            {
                counts[(names is null ? indices[place] : names[indices[place]]) + 1]++;
            }
        }
    }

    /// <summary>Writes each place where its latent's next one goes.</summary>
    internal void Fill(int[] next, SparseLatents latents, int[]? names, int firstRow)
    {
        ReadOnlySpan<float> values = latents.Values.AsSpan();
        ReadOnlySpan<int> indices = latents.Indices.AsSpan<int>();
        int k = latents.K;
        for (int place = 0; place < values.Length; place++)
        {
            if (values[place] > 0)
            {
                int latent = names is null ? indices[place] : names[indices[place]], at = next[latent]++;
                Rows[at] = firstRow + (place / k);
                Values[at] = values[place];
            }
        }
    }
}
