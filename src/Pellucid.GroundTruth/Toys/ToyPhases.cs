// The phases of Elhage et al. 2022 (arXiv:2209.10652, "Superposition as a phase change"): n features in n − 1 dimensions, all of importance 1 but the
// last, of importance r. Ideal configurations, here for two features in one dimension: W = [1, 0] ignores the last feature, [0, 1] gives it the
// dimension, [1, −1] stores both in opposite directions; each with the biases that make its exact expected loss least. The ideal of the lowest
// loss is the phase that theory predicts. With Var = (1 − S)/3 − (1 − S)²/4 the first two lose r Var and Var.
using Pellucid.GroundTruth.Toys;

namespace Pellucid.GroundTruth;

/// <summary>Which phase a toy model of two features in one dimension, or of three in two, is in, and which it should be in.</summary>
public static class ToyPhases
{
    private const double IgnoredSquare = 0.25;

    /// <summary>
    /// The phase of a trained model. Two features in one dimension: the ideal configuration whose direction W is nearest to in angle, up to its sign;
    /// where both weights have the same sign, which is no ideal, the nearer of the first two. Three in two: ignored where ‖W₃‖² is below ¼, dedicated where
    /// the interference Σ (Ŵ₃ · Wⱼ)² over the others is below ¼, antipodal otherwise. Null for other shapes.
    /// </summary>
    /// <param name="model">The model.</param>
    public static ToySolution? Of(ToyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        switch ((model.Task.Features, model.Task.Hidden))
        {
            case (2, 1):
                double angle = Math.Atan2(Math.Abs(model.Weights[1]), Math.Abs(model.Weights[0]));
                bool opposite = model.Weights[0] * model.Weights[1] < 0;
                return opposite && angle is > Math.PI / 8 and < 3 * Math.PI / 8 ? ToySolution.Antipodal
                    : angle > Math.PI / 4 ? ToySolution.Dedicated
                    : ToySolution.Ignored;
            case (3, 2):
                return model.Product(2, 2) < IgnoredSquare ? ToySolution.Ignored
                    : model.Interference()[2] < IgnoredSquare ? ToySolution.Dedicated
                    : ToySolution.Antipodal;
            default:
                return null;
        }
    }

    /// <summary>The exact expected loss of an ideal configuration of two features in one dimension, at its best biases.</summary>
    /// <param name="solution">The configuration.</param>
    /// <param name="sparsity">S, 0 to below 1.</param>
    /// <param name="importance">r, the importance of the second feature; the first has 1.</param>
    public static double IdealLoss(ToySolution solution, double sparsity, double importance)
    {
        (double first, double second) = solution switch
        {
            ToySolution.Ignored => (1.0, 0.0),
            ToySolution.Dedicated => (0, 1),
            _ => (1, -1),
        };
        return LossAtBestBias(sparsity, 1, first, second) + LossAtBestBias(sparsity, importance, second, first);
    }

    /// <summary>The ideal configuration of the lowest loss.</summary>
    /// <param name="sparsity">S, 0 to below 1.</param>
    /// <param name="importance">r, above 0.</param>
    public static ToySolution Predicted(double sparsity, double importance) =>
        Enum.GetValues<ToySolution>().MinBy(solution => IdealLoss(solution, sparsity, importance));

    /// <summary>
    /// The largest density 1 − S at which opposite directions are the best ideal configuration, to 1e-9. It depends on the ratio of the importances, and is the same for r and
    /// 1 / r: exchanging the features divides every loss by r.
    /// </summary>
    /// <param name="importance">r, above 0.</param>
    /// <returns>0 where they never are.</returns>
    public static double BoundaryDensity(double importance)
    {
        (double low, double high) = (1e-9, 1);
        if (Predicted(1 - low, importance) != ToySolution.Antipodal)
        {
            return 0;
        }

        if (Predicted(0, importance) == ToySolution.Antipodal)
        {
            return 1;
        }

        while (high - low > 1e-9)
        {
            double middle = (low + high) / 2;
            (low, high) = Predicted(1 - middle, importance) == ToySolution.Antipodal ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>
    /// The loss of one output at its best bias. As a function of the bias it need not have one minimum, so that the best of a grid is refined by golden sections.
    /// </summary>
    private static double LossAtBestBias(double sparsity, double importance, double own, double other)
    {
        const int grid = 64;
        ToyTask task = new() { Hidden = 1, Sparsity = sparsity, Importance = [importance, 0] };
        double Loss(double bias) => ToyLoss.Pair(task, own * own, own * other, other * other, bias, 0);
        double best = Enumerable.Range(-grid, (2 * grid) + 1).Select(at => (double)at / grid).MinBy(Loss);
        return Loss(Minimum.Of(Loss, best - (1.0 / grid), best + (1.0 / grid)));
    }
}
