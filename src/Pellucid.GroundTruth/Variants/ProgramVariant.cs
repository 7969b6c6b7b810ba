namespace Pellucid.GroundTruth;

/// <summary>How the network of a program came to be.</summary>
public enum ProgramVariant
{
    /// <summary>Written by the compiler: each value of each variable has a coordinate of its own, and the output is exact.</summary>
    Compiled,

    /// <summary>A compiled network whose residual stream was squeezed into fewer dimensions, so that variables share them.</summary>
    Compressed,

    /// <summary>Trained from random parameters until its parts do what the program's variables do; the directions are its own.</summary>
    Trained,
}
