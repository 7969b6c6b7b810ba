namespace Pellucid.Tensors.Sparse;

/// <summary>An array that Adam learns: its value and the two moments, all of one shape. Owns them.</summary>
public sealed class AdamArray : IDisposable
{
    /// <param name="value">F32 and contiguous; becomes this array's own.</param>
    public AdamArray(Tensor value) => (Value, First, Second) = (value, Tensor.Zeros(value.Shape), Tensor.Zeros(value.Shape));

    /// <summary>What is learned.</summary>
    public Tensor Value { get; }

    /// <summary>The decaying mean of the gradient.</summary>
    public Tensor First { get; }

    /// <summary>The decaying mean of the gradient's square.</summary>
    public Tensor Second { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Value.Dispose();
        First.Dispose();
        Second.Dispose();
    }
}
