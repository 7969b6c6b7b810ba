namespace Pellucid.Tensors;

/// <summary>A weight matrix laid out once for the matrix product.</summary>
public sealed class PackedMatrix : IDisposable
{
    private readonly float[] _values;

    private PackedMatrix(float[] values, int inputs, int outputs)
    {
        _values = values;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>Size of the axis that is summed over.</summary>
    public int Inputs { get; }

    /// <summary>Size of the axis that comes out.</summary>
    public int Outputs { get; }

    internal ReadOnlySpan<float> Values => _values;

    /// <summary>Packs a matrix.</summary>
    public static PackedMatrix Pack(ReadOnlySpan<float> values, int inputs, int outputs, bool outputsByInputs)
    {
        float[] result = new float[inputs * outputs];
        for (int i = 0; i < inputs; i++)
        {
            for (int o = 0; o < outputs; o++)
            {
                result[(i * outputs) + o] = outputsByInputs ? values[(o * inputs) + i] : values[(i * outputs) + o];
            }
        }

        return new PackedMatrix(result, inputs, outputs);
    }

    /// <summary>Writes the matrix row-major, inputs by outputs.</summary>
    public void Unpack(Span<float> destination) => _values.CopyTo(destination);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
