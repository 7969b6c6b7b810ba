namespace Pellucid.GroundTruth.Compilation;

/// <summary>Sizes above which a program is refused, so that a typing error does not ask for gigabytes.</summary>
internal static class CompilerLimits
{
    /// <summary>Directions of one variable: the values it can take.</summary>
    internal const int Values = 1024;

    /// <summary>Hidden units of one block.</summary>
    internal const int Hidden = 16_384;

    /// <summary>Directions of the residual stream.</summary>
    internal const int Directions = 4096;

    /// <summary>Distinct numbers that a numerical variable is followed through.</summary>
    internal const int Numbers = 4096;
}
