// Elhage et al. 2022 (arXiv:2209.10652): x′ = ReLU(Wᵀ W x + b). D* = m / ‖W‖²_F is the dimensions that a feature has on average, and
// Dᵢ = ‖Wᵢ‖² / Σⱼ (Ŵᵢ · Wⱼ)² the part of a dimension that feature i has, with Ŵᵢ = Wᵢ / ‖Wᵢ‖; 0 where Wᵢ is 0.
using System.Collections.Immutable;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>A toy model: its task and its parameters. Immutable, safe for many threads.</summary>
public sealed record ToyModel
{
    /// <summary>What it was to learn.</summary>
    public required ToyTask Task { get; init; }

    /// <summary>W, [hidden, feature], row by row.</summary>
    public required ImmutableArray<float> Weights { get; init; }

    /// <summary>V, [feature, hidden], where the form has weights out that are not Wᵀ; empty otherwise.</summary>
    public ImmutableArray<float> OutWeights { get; init; } = [];

    /// <summary>b, [feature].</summary>
    public required ImmutableArray<float> Bias { get; init; }

    /// <summary>D* = m / ‖W‖²_F.</summary>
    public double DimensionsPerFeature => Task.Hidden / Weights.Sum(weight => (double)weight * weight);

    /// <summary>The weight of feature i in the hidden dimension k.</summary>
    /// <param name="hidden">k.</param>
    /// <param name="feature">i.</param>
    public float Weight(int hidden, int feature) => Weights[(hidden * Task.Features) + feature];

    /// <summary>Wᵢ, the direction that stands for a feature: [hidden].</summary>
    /// <param name="feature">i.</param>
    public float[] Direction(int feature) => [.. Enumerable.Range(0, Task.Hidden).Select(hidden => Weight(hidden, feature))];

    /// <summary>Wᵢ · Wⱼ.</summary>
    /// <param name="i">A feature.</param>
    /// <param name="j">A feature.</param>
    public double Product(int i, int j)
    {
        double sum = 0;
        for (int hidden = 0; hidden < Task.Hidden; hidden++)
        {
            sum += (double)Weight(hidden, i) * Weight(hidden, j);
        }

        return sum;
    }

    /// <summary>‖Wᵢ‖ of each feature.</summary>
    public double[] Norms() => [.. Enumerable.Range(0, Task.Features).Select(feature => Math.Sqrt(Product(feature, feature)))];

    /// <summary>Dᵢ of each feature, 0 to 1.</summary>
    public double[] Dimensionality()
    {
        double[] result = new double[Task.Features];
        for (int i = 0; i < result.Length; i++)
        {
            double square = Product(i, i), sum = 0;
            for (int j = 0; j < result.Length; j++)
            {
                double product = Product(i, j);
                sum += product * product;
            }

            result[i] = square == 0 ? 0 : square * square / sum; // (Ŵᵢ · Wⱼ)² is (Wᵢ · Wⱼ)² / ‖Wᵢ‖²
        }

        return result;
    }

    /// <summary>Σ over j ≠ i of (Ŵᵢ · Wⱼ)²: how much other features disturb the direction of each, 0 without superposition.</summary>
    public double[] Interference()
    {
        double[] norms = Norms();
        double[] result = new double[Task.Features];
        for (int i = 0; i < result.Length; i++)
        {
            for (int j = 0; j < result.Length && norms[i] > 0; j++)
            {
                result[i] += j == i ? 0 : Math.Pow(Product(i, j) / norms[i], 2);
            }
        }

        return result;
    }

    /// <summary>What the model gives for an input.</summary>
    /// <param name="x">[feature].</param>
    public double[] Forward(ReadOnlySpan<double> x)
    {
        double[] hidden = new double[Task.Hidden], y = new double[Task.Features];
        Forward(x, hidden, y);
        return y;
    }

    /// <summary>Computes the hidden dimensions and the output.</summary>
    internal void Forward(ReadOnlySpan<double> x, Span<double> hidden, Span<double> y)
    {
        int n = Task.Features, m = Task.Hidden;
        bool apart = Task.Form == AutoencoderForm.RectifiedHidden;
        ReadOnlySpan<float> weights = Weights.AsSpan(), outWeights = OutWeights.AsSpan(), bias = Bias.AsSpan();
        hidden.Clear();
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < m && x[i] != 0; k++)
            {
                hidden[k] += weights[(k * n) + i] * x[i];
            }
        }

        for (int i = 0; i < n; i++)
        {
            y[i] = bias[i];
        }

        for (int k = 0; k < m; k++)
        {
            double h = apart ? Math.Max(hidden[k], 0) : hidden[k];
            hidden[k] = h;
            for (int i = 0; i < n && h != 0; i++)
            {
                y[i] += (apart ? outWeights[(i * m) + k] : weights[(k * n) + i]) * h;
            }
        }

        for (int i = 0; i < n && Task.Form != AutoencoderForm.Linear; i++)
        {
            y[i] = Math.Max(y[i], 0);
        }
    }
}
