using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>Projections of a hook on directions: x · d. Immutable; owns its directions.</summary>
public sealed class Directions : IUnits, IDisposable
{
    private readonly PackedMatrix _packed;

    /// <summary>Creates units from directions.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="vectors">[count, width], one direction a row; copied.</param>
    /// <exception cref="ShapeException">They are not a matrix, not F32, or a view with gaps.</exception>
    public Directions(string hook, Tensor vectors)
    {
        if (vectors.Shape.Rank != 2)
        {
            throw new ShapeException($"Directions: {vectors.Shape} is not [count, width].");
        }

        (Hook, Count, Width) = (hook, vectors.Shape[0], vectors.Shape[1]);
        _packed = PackedMatrix.Pack(vectors.AsSpan(), Width, Count, outputsByInputs: true);
        GC.KeepAlive(vectors); // a span does not
    }

    /// <inheritdoc/>
    public string Kind => "directions";

    /// <inheritdoc/>
    public string Hook { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Uniformly random directions of unit length.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="count">How many.</param>
    /// <param name="width">Width of the hook.</param>
    /// <param name="seed">Seed.</param>
    public static Directions Random(string hook, int count, int width, long seed)
    {
        SeededRandom random = new(seed, stream: 0x0D1);
        using Tensor vectors = Tensor.Empty(new Shape(count, width));
        for (int row = 0; row < count; row++)
        {
            Span<float> vector = vectors.Row(row);
            double sum = 0;
            for (int i = 0; i < width; i++)
            {
                vector[i] = (float)random.NextNormal();
                sum += vector[i] * vector[i];
            }

            float scale = (float)(1 / Math.Sqrt(sum));
            for (int i = 0; i < width; i++)
            {
                vector[i] *= scale;
            }
        }

        return new Directions(hook, vectors);
    }

    /// <inheritdoc/>
    public Tensor Evaluate(Ops ops, Tensor activations) => ops.Linear(activations, _packed);

    /// <inheritdoc/>
    public void Dispose() => _packed.Dispose();
}
