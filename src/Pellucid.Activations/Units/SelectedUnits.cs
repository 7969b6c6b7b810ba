using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>
/// Some of other units, in a given order, each with a threshold below which it counts as silent: a where a &gt; t, else 0.
/// Thresholds bring a dense unit to the density of a sparse one, so that the two can be compared. Immutable; borrows its units.
/// </summary>
public sealed class SelectedUnits : IUnits
{
    private readonly IUnits _inner;
    private readonly int[] _indices;
    private readonly float[] _thresholds;

    /// <summary>Creates the selection.</summary>
    /// <param name="inner">The units to choose from.</param>
    /// <param name="indices">Which ones; one may stand several times.</param>
    /// <param name="thresholds">One for each, or none at all: values pass as they are.</param>
    public SelectedUnits(IUnits inner, IReadOnlyList<int> indices, IReadOnlyList<float>? thresholds = null)
    {
        if (indices.Any(index => (uint)index >= (uint)inner.Count) || (thresholds is not null && thresholds.Count != indices.Count))
        {
            throw new PellucidException($"A selection names units outside the {inner.Count} {inner.Kind}, or its thresholds are not one for each unit.");
        }

        (_inner, _indices, _thresholds) = (inner, [.. indices], [.. thresholds ?? []]);
    }

    /// <inheritdoc/>
    public string Kind => _thresholds.Length == 0 ? _inner.Kind : _inner.Kind + "_thresholded";

    /// <inheritdoc/>
    public string Hook => _inner.Hook;

    /// <inheritdoc/>
    public int Width => _inner.Width;

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <summary>Which of the inner units each one is.</summary>
    public IReadOnlyList<int> Indices => _indices;

    /// <inheritdoc/>
    public Tensor Evaluate(Ops ops, Tensor activations)
    {
        Tensor all = _inner.Evaluate(ops, activations);
        Tensor result = ops.Own(Tensor.Empty(new Shape(all.Shape.Rows, Count)));
        for (int row = 0; row < result.Shape.Rows; row++)
        {
            ReadOnlySpan<float> from = all.Row(row);
            Span<float> to = result.Row(row);
            for (int i = 0; i < to.Length; i++)
            {
                float value = from[_indices[i]];
                to[i] = _thresholds.Length == 0 || value > _thresholds[i] ? value : 0;
            }
        }

        GC.KeepAlive(all);
        return result;
    }
}
