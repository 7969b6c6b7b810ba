using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The largest values of each latent and the positions that they are from, kept while a text is encoded. Only values above 0 count; of equal
/// values the lower position is kept, whatever the number of threads. Positions must come in rising order. Owns native memory. Not for
/// use from several threads.
/// </summary>
public sealed unsafe class TopExamples : IDisposable
{
    private readonly GrowingBuffer _values = new();
    private readonly GrowingBuffer _positions = new();
    private readonly GrowingBuffer _thresholds = new();
    private readonly GrowingBuffer _counts = new();

    /// <param name="latents">Number of latents.</param>
    /// <param name="count">Examples of each, 1 or more.</param>
    public TopExamples(int latents, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(latents);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Latents, Count) = (latents, count);
        long places = Math.Max(1, (long)latents * ExamplePointers.Capacity(count));
        int padded = (latents + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth * PackedMatrix.PanelWidth;
        _values.Reserve(places * sizeof(float));
        _positions.Reserve(places * sizeof(long));
        new Span<float>(_thresholds.Reserve(Math.Max(1, padded) * sizeof(float)), padded).Clear();
        new Span<int>(_counts.Reserve(Math.Max(1, latents) * sizeof(int)), latents).Clear();
    }

    /// <summary>Number of latents.</summary>
    public int Latents { get; }

    /// <summary>Examples of each latent at most.</summary>
    public int Count { get; }

    /// <summary>Looks through dense activations for what belongs among the examples.</summary>
    /// <param name="activations">[rows, latents].</param>
    /// <param name="firstPosition">Position of the first row; the others follow.</param>
    /// <exception cref="ShapeException">The width is not the number of latents.</exception>
    public void Keep(Tensor activations, long firstPosition)
    {
        if (activations.Shape.Rank != 2 || activations.Shape[1] != Latents || !activations.IsContiguous)
        {
            throw new ShapeException($"Keep: {activations} does not fit; contiguous {DType.F32} [rows, {Latents}] was expected.");
        }

        ExampleScan scan = new(activations.Pointer, activations.Shape[0], Pointers(firstPosition));
        Dispatch.Run(scan, (Latents + ExampleScan.RangeLatents - 1) / ExampleScan.RangeLatents, 1);
        GC.KeepAlive(activations);
        GC.KeepAlive(this);
    }

    /// <summary>A latent's examples, largest first; of equal values the lower position first.</summary>
    /// <param name="latent">0 to <see cref="Latents"/> − 1.</param>
    /// <param name="values">Receives the values; as long as <see cref="Count"/>.</param>
    /// <param name="positions">Receives the positions; as long.</param>
    /// <returns>How many there are.</returns>
    public int Of(int latent, Span<float> values, Span<long> positions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)latent, (uint)Latents);
        int count = ((int*)_counts.Pointer)[latent], capacity = ExamplePointers.Capacity(Count), kept = 0;
        float* from = (float*)_values.Pointer + ((nint)latent * capacity);
        long* places = (long*)_positions.Pointer + ((nint)latent * capacity);
        for (int index = 0; index < count; index++)
        {
            // Candidates come in the order of their positions, so that an equal one goes behind.
            int at = kept < Count ? kept++ : Count;
            for (; at > 0 && values[at - 1] < from[index]; at--)
            {
                if (at < Count)
                {
                    (values[at], positions[at]) = (values[at - 1], positions[at - 1]);
                }
            }

            if (at < Count)
            {
                (values[at], positions[at]) = (from[index], places[index]);
            }
        }

        return kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _positions.Dispose();
        _thresholds.Dispose();
        _counts.Dispose();
    }

    internal ExamplePointers Pointers(long firstPosition) => new()
    {
        Latents = Latents,
        Most = Count,
        Values = (float*)_values.Pointer,
        Positions = (long*)_positions.Pointer,
        Thresholds = (float*)_thresholds.Pointer,
        Counts = (int*)_counts.Pointer,
        FirstPosition = firstPosition,
    };
}
