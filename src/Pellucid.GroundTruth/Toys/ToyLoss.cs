// Loss of Elhage et al. 2022 (arXiv:2209.10652): E Σᵢ Iᵢ (xᵢ − x′ᵢ)². Exact where two or three features go through a ReLU output model (SquareIntegral.cs), or any number
// of independent features through a linear one: with μ and σ² the mean and variance of a feature and A = Wᵀ W, the error of output i has mean
// μ − μ Σⱼ Aᵢⱼ − bᵢ and variance σ² Σⱼ (δᵢⱼ − Aᵢⱼ)². Measured on examples elsewhere.
using Pellucid.GroundTruth.Toys;
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>The expected loss of toy models.</summary>
public static class ToyLoss
{
    private const int ShardExamples = 4096;
    private const double MostProducts = 5e8;
    private const int FewestShards = 16;

    /// <summary>The exact expected loss; null where there is no formula for it: more than three features, or three that depend on each other, and a rectifier.</summary>
    /// <param name="model">The model.</param>
    public static double? Exact(ToyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ToyTask task = model.Task;
        return task switch
        {
            { Form: AutoencoderForm.RectifiedHidden } => null,
            { Form: AutoencoderForm.Linear, Dependence: FeatureDependence.Independent } => Linear(model),
            { Features: 3, Dependence: FeatureDependence.Independent } => Triple(model),
            { Features: 2 } => Pair(task, model.Product(0, 0), model.Product(0, 1), model.Product(1, 1), model.Bias[0], model.Bias[1]),
            _ => null,
        };
    }

    /// <summary>The exact expected loss where there is one, 0 where rounding leaves less, else the mean over examples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">Examples to measure on, rounded up to thousands; fewer for models so large that they would take minutes.</param>
    /// <param name="seed">Seed of the examples, none of which any training sees.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static LossEstimate Of(ToyModel model, long examples = 1 << 20, long seed = 0, CancellationToken cancellationToken = default) =>
        Exact(model) is { } exact ? new LossEstimate(Math.Max(exact, 0), 0) : Estimate(model, examples, seed, cancellationToken);

    /// <summary>The mean loss over random examples, with its standard error.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">Examples to measure on, rounded up to thousands; fewer for models so large that they would take minutes.</param>
    /// <param name="seed">Seed of the examples, none of which any training sees.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static LossEstimate Estimate(ToyModel model, long examples = 1 << 20, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        double products = 2.0 * model.Task.Features * (model.Task.Hidden + 8.0);
        double asked = Math.Clamp((examples + ShardExamples - 1.0) / ShardExamples, 1, 1 << 20), affordable = Math.Max(FewestShards, MostProducts / products / ShardExamples);
        int shards = (int)Math.Min(asked, affordable);
        (double Sum, double Squares)[] sums = new (double, double)[shards];
        ComputeThreads.For(shards, (model, seed, sums, cancellationToken), static (shard, state) =>
        {
            state.cancellationToken.ThrowIfCancellationRequested();
            state.sums[shard] = Shard(state.model, state.seed, shard);
        });
        double count = (double)shards * ShardExamples, mean = sums.Sum(one => one.Sum) / count;
        double variance = Math.Max(0, (sums.Sum(one => one.Squares) / count) - (mean * mean));
        return new LossEstimate(mean, Math.Max(Math.Sqrt(variance / count), double.Epsilon));
    }

    /// <summary>
    /// The share of each feature's variance that the output explains: 1 − E (targetᵢ − x′ᵢ)² / Var(targetᵢ), on random examples; at most 1, and 0 for an output that is the mean.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">Examples to measure on, 1 or more.</param>
    /// <param name="seed">Seed of the examples.</param>
    public static double[] Explained(ToyModel model, int examples = 1 << 15, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ToyTask task = model.Task;
        ToyInputs inputs = new(task, seed);
        double[] x = new double[task.Features], hidden = new double[task.Hidden], y = new double[task.Features], errors = new double[task.Features];
        for (int example = 0; example < examples; example++)
        {
            inputs.Next(x);
            model.Forward(x, hidden, y);
            for (int i = 0; i < x.Length; i++)
            {
                double error = (task.Signed ? Math.Abs(x[i]) : x[i]) - y[i];
                errors[i] += error * error;
            }
        }

        double density = (1 - task.Sparsity) / (task.Dependence == FeatureDependence.Exclusive ? task.Group : 1), variance = (density / 3) - (density * density / 4);
        return [.. errors.Select(error => 1 - (error / examples / variance))];
    }

    /// <summary>The loss of one input: Σᵢ Iᵢ (targetᵢ − x′ᵢ)².</summary>
    /// <param name="model">The model.</param>
    /// <param name="x">[feature].</param>
    public static double OfInput(ToyModel model, ReadOnlySpan<double> x)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Error(model.Task, x, model.Forward(x));
    }

    /// <summary>The exact loss of two features with these products of weights and biases.</summary>
    internal static double Pair(ToyTask task, double a00, double a01, double a11, double b0, double b1)
    {
        bool rectified = task.Form == AutoencoderForm.RectifiedOutput;
        double s = task.Sparsity, d = 1 - s;
        (double none, double one, double both) = task.Dependence switch
        {
            FeatureDependence.Together => (s, 0.0, d),
            FeatureDependence.Exclusive => (s, d / 2, 0.0),
            _ => (s * s, s * d, d * d),
        };
        return (task.Importance[0] * Output(a00, a01, b0)) + (task.Importance[1] * Output(a11, a01, b1));

        // x is the output's own feature, y the other.
        double Output(double own, double other, double b)
        {
            double rest = rectified ? Math.Max(b, 0) : b;
            return (none * rest * rest)
                + (one * (SquareIntegral.Line(1, own, b, rectified) + SquareIntegral.Line(0, other, b, rectified)))
                + (both * SquareIntegral.Area(1, 0, own, other, b, rectified));
        }
    }

    private static double Triple(ToyModel model)
    {
        double s = model.Task.Sparsity, d = 1 - s, loss = 0;
        for (int i = 0; i < 3; i++)
        {
            (double own, double second, double third, double b) = (model.Product(i, i), model.Product(i, (i + 1) % 3), model.Product(i, (i + 2) % 3), model.Bias[i]);
            double rest = Math.Max(b, 0);
            double one = SquareIntegral.Line(1, own, b, true) + SquareIntegral.Line(0, second, b, true) + SquareIntegral.Line(0, third, b, true);
            double two = SquareIntegral.Area(1, 0, own, second, b, true) + SquareIntegral.Area(1, 0, own, third, b, true) + SquareIntegral.Area(0, 0, second, third, b, true);
            double all = SquareIntegral.Volume(own, second, third, b, true);
            loss += model.Task.Importance[i] * ((s * s * s * rest * rest) + (s * s * d * one) + (s * d * d * two) + (d * d * d * all));
        }

        return loss;
    }

    private static double Linear(ToyModel model)
    {
        ToyTask task = model.Task;
        double density = 1 - task.Sparsity, mean = density / 2, variance = (density / 3) - (mean * mean), loss = 0;
        for (int i = 0; i < task.Features; i++)
        {
            double shift = mean - model.Bias[i], spread = 0;
            for (int j = 0; j < task.Features; j++)
            {
                double product = model.Product(i, j);
                shift -= mean * product;
                spread += Math.Pow((i == j ? 1 : 0) - product, 2);
            }

            loss += task.Importance[i] * ((shift * shift) + (variance * spread));
        }

        return loss;
    }

    private static (double Sum, double Squares) Shard(ToyModel model, long seed, int shard)
    {
        ToyTask task = model.Task;
        ToyInputs inputs = new(task, seed, shard);
        double[] x = new double[task.Features], hidden = new double[task.Hidden], y = new double[task.Features];
        (double sum, double squares) = (0, 0);
        for (int example = 0; example < ShardExamples; example++)
        {
            inputs.Next(x);
            model.Forward(x, hidden, y);
            double error = Error(task, x, y);
            sum += error;
            squares += error * error;
        }

        return (sum, squares);
    }

    private static double Error(ToyTask task, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            double error = (task.Signed ? Math.Abs(x[i]) : x[i]) - y[i];
            sum += task.Importance[i] * error * error;
        }

        return sum;
    }
}
