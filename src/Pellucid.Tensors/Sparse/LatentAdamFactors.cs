// Adam: Kingma and Ba 2015, arXiv:1412.6980.
//   m ← β1 m + (1 − β1) g,   v ← β2 v + (1 − β2) g²,   θ ← θ − rate · (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + ε)
namespace Pellucid.Tensors.Sparse;

/// <summary>What one Adam update multiplies by.</summary>
/// <param name="Rate">Learning rate over 1 − β1^t.</param>
/// <param name="SecondScale">1 / (1 − β2^t).</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the divisor.</param>
public readonly record struct LatentAdamFactors(float Rate, float SecondScale, float Beta1, float Beta2, float Epsilon)
{
    /// <summary>The factors of a step.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="beta1">Decay of the first moment, 0 to 1.</param>
    /// <param name="beta2">Decay of the second moment, 0 to 1.</param>
    /// <param name="epsilon">Added to the divisor.</param>
    public static LatentAdamFactors Of(double rate, long step, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) => new(
        (float)(rate / (1 - Math.Pow(beta1, step))),
        (float)(1 / (1 - Math.Pow(beta2, step))),
        (float)beta1,
        (float)beta2,
        (float)epsilon);
}
