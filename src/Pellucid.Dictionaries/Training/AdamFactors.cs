namespace Pellucid.Dictionaries.Training;

/// <summary>What one Adam update multiplies by.</summary>
/// <param name="Rate">Learning rate over 1 − β1^t.</param>
/// <param name="SecondScale">1 / (1 − β2^t).</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the divisor.</param>
/// <param name="Clip">Factor on the gradient.</param>
internal readonly record struct AdamFactors(float Rate, float SecondScale, float Beta1, float Beta2, float Epsilon, float Clip)
{
    /// <param name="options">Betas and epsilon.</param>
    /// <param name="rate">Learning rate of the step.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="clip">Factor on the gradient.</param>
    internal static AdamFactors Of(StepOptions options, double rate, long step, double clip) => new(
        (float)(rate / (1 - Math.Pow(options.Beta1, step))),
        (float)(1 / (1 - Math.Pow(options.Beta2, step))),
        (float)options.Beta1,
        (float)options.Beta2,
        (float)options.AdamEpsilon,
        (float)clip);
}
