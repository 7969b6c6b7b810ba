using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>Rotated keys and values of the positions that have been run, for generation. Belongs to one sequence batch and one thread.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;

    internal KeyValueCache(ModelConfig config, int batch, int positions)
    {
        Shape shape = new(batch, positions, config.KeyHeads, config.DHead);
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => Tensor.Empty(shape))];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => Tensor.Empty(shape))];
    }

    /// <summary>Positions held so far.</summary>
    internal int Length { get; private set; }

    /// <summary>Stores a block's new keys and values after the ones held and returns views of all of them.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values) =>
        (Append(_keys[layer], keys), Append(_values[layer], values));

    /// <summary>Counts the positions that every block has now stored.</summary>
    internal void Advance(int positions) => Length += positions;

    public void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    private Tensor Append(Tensor store, Tensor added)
    {
        int width = added.Shape[2] * added.Shape[3], capacity = store.Shape[1], count = added.Shape[1];
        ReadOnlySpan<float> from = added.AsSpan();
        Span<float> to = store.AsSpan();
        for (int item = 0; item < added.Shape[0]; item++)
        {
            from.Slice(item * count * width, count * width).CopyTo(to[(((item * capacity) + Length) * width)..]);
        }

        return store.Slice(1, 0, Length + count);
    }
}
