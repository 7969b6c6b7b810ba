namespace Pellucid.GroundTruth;

/// <summary>How strong a planted feature is where it fires. Every law has mean 1.</summary>
public enum MagnitudeLaw
{
    /// <summary>Always 1.</summary>
    Constant,

    /// <summary>Uniform on 0 to 2.</summary>
    Uniform,

    /// <summary>The absolute value of a normal number.</summary>
    HalfNormal,

    /// <summary>Exponential: most are weak.</summary>
    Exponential,

    /// <summary>exp of a normal number of standard deviation 1/2: positive, skewed, seldom weak.</summary>
    LogNormal,
}
