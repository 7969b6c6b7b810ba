namespace Pellucid.GroundTruth;

/// <summary>What a <see cref="Value"/> is.</summary>
public enum ValueKind
{
    /// <summary>No value: RASP leaves the position open.</summary>
    Undefined,

    /// <summary>True or false; in arithmetic, order and equality 1 or 0.</summary>
    Boolean,

    /// <summary>A number, integer or fraction, held in double precision.</summary>
    Number,

    /// <summary>A piece of text.</summary>
    Text,

    /// <summary>Several values in order.</summary>
    Tuple,
}
