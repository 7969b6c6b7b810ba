namespace Pellucid.Tensors.Sparse;

/// <summary>Constraints of a dictionary's update.</summary>
public readonly record struct UpdateOptions()
{
    /// <summary>
    /// Whether decoder rows stay unit vectors: the part of the gradient along the row is taken off, and the row is divided by its norm
    /// after the update.
    /// </summary>
    public bool UnitRows { get; init; } = true;

    /// <summary>Largest norm of the gradient over all four arrays, projected where rows are kept unit; null clips nothing.</summary>
    public double? ClipNorm { get; init; }
}
