namespace Pellucid.Tensors.Kernels;

/// <summary>The numbers of one step of Adam.</summary>
internal readonly struct AdamFactors
{
    internal required float Gradient { get; init; }

    internal required float Bound { get; init; }

    /// <summary>Weight decay that goes through the moments.</summary>
    internal required float Penalty { get; init; }

    /// <summary>What a value is multiplied by for weight decay that does not.</summary>
    internal required float Keep { get; init; }

    internal required float KeepMean { get; init; }

    internal required float AddMean { get; init; }

    internal required float KeepSquare { get; init; }

    internal required float AddSquare { get; init; }

    internal required float Size { get; init; }

    internal required float Root { get; init; }

    internal required float Epsilon { get; init; }
}
