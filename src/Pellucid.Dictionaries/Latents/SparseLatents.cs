using Pellucid.Tensors;

namespace Pellucid.Dictionaries;

/// <summary>
/// The active latents of some rows: k places a row, largest value first, and value 0 in the places that are not used. Borrows its
/// arrays from the scope that made it; reading is safe from many threads.
/// </summary>
public sealed class SparseLatents
{
    internal SparseLatents(Tensor values, Tensor indices, int latents) => (Values, Indices, Latents) = (values, indices, latents);

    /// <summary>[rows, k], none negative.</summary>
    public Tensor Values { get; }

    /// <summary>[rows, k], I32: which latent each value belongs to.</summary>
    public Tensor Indices { get; }

    /// <summary>Number of latents of the dictionary.</summary>
    public int Latents { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => Values.Shape[0];

    /// <summary>Places of a row.</summary>
    public int K => Values.Shape[1];

    /// <summary>Value of one latent on one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="latent">The latent.</param>
    public float this[int row, int latent]
    {
        get
        {
            int place = Indices.AsSpan<int>().Slice(row * K, K).IndexOf(latent);
            return place < 0 ? 0 : Values.Row(row)[place];
        }
    }

    /// <summary>All latents, the silent ones as 0.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <returns>[rows, d_sae].</returns>
    public Tensor ToDense(Ops ops)
    {
        Tensor dense = ops.Own(Tensor.Zeros(new Shape(Rows, Latents)));
        ReadOnlySpan<int> indices = Indices.AsSpan<int>();
        for (int row = 0; row < Rows; row++)
        {
            Span<float> to = dense.Row(row), from = Values.Row(row);
            for (int place = 0; place < from.Length && from[place] > 0; place++)
            {
                to[indices[(row * K) + place]] = from[place];
            }
        }

        return dense;
    }
}
