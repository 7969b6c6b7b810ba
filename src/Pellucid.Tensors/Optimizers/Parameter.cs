namespace Pellucid.Tensors;

/// <summary>
/// An array that is learned, under the name by which its gradient, its optimizer's state and its place in a checkpoint are found. It owns
/// nothing: whoever made the arrays disposes them. For one thread at a time.
/// </summary>
public sealed unsafe class Parameter
{
    /// <summary>A parameter whose values are used as they are.</summary>
    /// <param name="name">Its name, different from that of every other parameter of an optimizer.</param>
    /// <param name="value">Its values, which an optimizer writes over: F32, one run.</param>
    /// <exception cref="ShapeException">The values are not one run of F32.</exception>
    public Parameter(string name, Tensor value)
    {
        if (value.DType != DType.F32 || !value.IsContiguous)
        {
            throw new ShapeException($"Parameter '{name}': {value.Shape} of {value.DType} is not one run of F32 values. Copy it with To(DType.F32) first.");
        }

        (Name, Value) = (name, value);
    }

    /// <summary>A weight matrix that is multiplied by in its packed form, which is packed anew whenever an optimizer has changed the values.</summary>
    /// <param name="name">Its name, different from that of every other parameter of an optimizer.</param>
    /// <param name="value">[inputs, outputs]: F32, one run.</param>
    /// <param name="packed">The same matrix, packed.</param>
    /// <exception cref="ShapeException">The values are not one run of F32, or not a matrix of the packed one's size.</exception>
    public Parameter(string name, Tensor value, PackedMatrix packed)
        : this(name, value)
    {
        if (value.Shape != new Shape(packed.Inputs, packed.Outputs))
        {
            throw new ShapeException($"Parameter '{name}': {value.Shape} is not the packed matrix of [{packed.Inputs} inputs, {packed.Outputs} outputs].");
        }

        Packed = packed;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The values.</summary>
    public Tensor Value { get; }

    /// <summary>The packed form, if products use it.</summary>
    public PackedMatrix? Packed { get; }

    /// <summary>What holds of the values after every step; nothing by default.</summary>
    public ParameterConstraint Constraint { get; init; }

    /// <summary>Whether an optimizer's weight decay applies; it does by default. Biases and norms go without as a rule.</summary>
    public bool Decays { get; init; } = true;

    /// <summary>Factor on the learning rate; 1 by default.</summary>
    public float LearningRateFactor { get; init; } = 1;

    /// <summary>Packs the values anew, after they were changed by other means than an optimizer. Does nothing where there is no packed form.</summary>
    public void Repack()
    {
        Packed?.Refill(Value.Pointer, Packed.Outputs, outputsByInputs: false);
        GC.KeepAlive(this);
    }
}
