using System.Diagnostics.CodeAnalysis;

namespace Pellucid.Tensors;

/// <summary>
/// The sizes of an array's axes, outermost first, and the axes' names where they are known: <c>[batch 2, pos 17, d_model 64]</c>.
/// Names take no part in equality; they are there for people and for messages. Immutable, safe for any thread.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most axes that an array can have.</summary>
    public const int MostAxes = 8;

    private const long MostValues = 1L << 40;

    private readonly Extents<int> _sizes;
    private readonly string[]? _axes;
    private readonly long _count;

    /// <summary>Creates a shape without axis names; no sizes at all is a scalar.</summary>
    /// <param name="sizes">Size of each axis, outermost first; none negative, at most eight.</param>
    /// <exception cref="ShapeException">A size is negative, the product of those above 0 exceeds 2^40, or there are too many axes.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
        : this(sizes, null)
    {
    }

    private Shape(ReadOnlySpan<int> sizes, string[]? axes)
    {
        if (sizes.Length > MostAxes)
        {
            throw new ShapeException($"[{string.Join(", ", sizes.ToArray())}] has {sizes.Length} axes; an array has {MostAxes} at most.");
        }

        (Rank, _axes, _count) = (sizes.Length, axes, 1);
        sizes.CopyTo(_sizes);
        long withoutZeros = 1;
        foreach (int size in sizes)
        {
            if (size < 0 || (size > 0 && withoutZeros > MostValues / size)) // divided, because the product may wrap around
            {
                throw new ShapeException($"[{string.Join(", ", sizes.ToArray())}] is not a shape: sizes are 0 or more and at most 2^40 values in all.");
            }

            withoutZeros *= Math.Max(size, 1);
            _count *= size;
        }
    }

    /// <summary>Number of axes.</summary>
    public int Rank { get; }

    /// <summary>Number of values: the product of all sizes (1 for a scalar).</summary>
    public long Count => Rank == 0 ? 1 : _count;

    /// <summary>All sizes, outermost first.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Sizes => ((ReadOnlySpan<int>)_sizes)[..Rank];

    /// <summary>Axis names, outermost first; empty where they are not known.</summary>
    public ReadOnlySpan<string> Axes => _axes;

    /// <summary>Size of the last axis (1 for a scalar).</summary>
    public int Width => Rank == 0 ? 1 : _sizes[Rank - 1];

    /// <summary>Product of all sizes but the last (1 for a scalar); 0 where the last axis is empty.</summary>
    /// <exception cref="ShapeException">There are more than 2^31 − 1.</exception>
    public int Rows => Width == 0 ? 0
        : Count / Width <= int.MaxValue ? (int)(Count / Width)
        : throw new ShapeException($"{this} has {Count / Width} rows; at most {int.MaxValue} can be counted. Slice it first.");

    /// <summary>Size of one axis; from the end as <c>shape[^1]</c>.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such axis.</exception>
    public int this[Index axis] => axis.GetOffset(Rank) is var at && (uint)at < (uint)Rank
        ? _sizes[at]
        : throw new IndexOutOfRangeException($"{this} has no axis {axis}.");

    /// <summary>The same sizes with names for the axes.</summary>
    /// <param name="axes">One name an axis.</param>
    /// <exception cref="ShapeException">The number of names is not the number of axes.</exception>
    public Shape Named(params ReadOnlySpan<string> axes) => axes.Length == Rank
        ? new Shape(Sizes, axes.ToArray())
        : throw new ShapeException($"{this} has {Rank} axes; {axes.Length} names were given: {string.Join(' ', axes.ToArray())}.");

    /// <summary>The same sizes under names that are used as they are: an array that nobody writes to.</summary>
    internal Shape Under(string[]? axes) => new(Sizes, axes);

    /// <summary>Other sizes for the same axes, under their names.</summary>
    /// <param name="sizes">As many as there are axes.</param>
    /// <exception cref="ShapeException">There are more or fewer, or a size is impossible.</exception>
    public Shape WithSizes(params ReadOnlySpan<int> sizes) => sizes.Length == Rank
        ? new Shape(sizes, _axes)
        : throw new ShapeException($"{this} has {Rank} axes; {sizes.Length} sizes were given: {string.Join(", ", sizes.ToArray())}.");

    /// <summary>These sizes for the same axes in another order.</summary>
    internal Shape Turned(ReadOnlySpan<int> sizes, ReadOnlySpan<int> order)
    {
        string[]? names = _axes is null ? null : new string[order.Length];
        for (int axis = 0; axis < names?.Length; axis++)
        {
            names[axis] = _axes![order[axis]];
        }

        return new Shape(sizes, names);
    }

    /// <summary>The shape without one of its axes, unnamed.</summary>
    internal Shape Without(int axis)
    {
        Span<int> sizes = stackalloc int[Rank - 1];
        Sizes[..axis].CopyTo(sizes);
        Sizes[(axis + 1)..].CopyTo(sizes[axis..]);
        return new Shape(sizes);
    }

    /// <summary>The shape with one more axis at the end, unnamed.</summary>
    /// <exception cref="ShapeException">There are too many axes, or the size is impossible.</exception>
    internal Shape Followed(int width)
    {
        Span<int> sizes = stackalloc int[Rank + 1];
        Sizes.CopyTo(sizes);
        sizes[Rank] = width;
        return new Shape(sizes);
    }

    /// <summary>The shape with its last axis replaced, names kept where they still hold.</summary>
    /// <param name="width">Size of the new last axis.</param>
    /// <param name="axis">Its name; by default that of the axis that it replaces.</param>
    /// <exception cref="ShapeException">A scalar has no last axis, or the size is impossible.</exception>
    public Shape WithWidth(int width, string? axis = null)
    {
        if (Rank == 0)
        {
            throw new ShapeException("A scalar has no last axis to be replaced. Reshape it first.");
        }

        Extents<int> sizes = _sizes;
        sizes[Rank - 1] = width;
        string[]? axes = _axes is null || axis is null || axis == _axes[^1] ? _axes : [.. _axes[..^1], axis];
        return new Shape(((ReadOnlySpan<int>)sizes)[..Rank], axes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in Sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary><c>[batch 2, pos 17]</c>, or <c>[2, 17]</c> without names.</summary>
    public override string ToString()
    {
        string[]? axes = _axes;
        return $"[{string.Join(", ", Sizes.ToArray().Select((size, i) => axes is null ? $"{size}" : $"{axes[i]} {size}"))}]";
    }

    /// <summary>Same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different sizes.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);
}
