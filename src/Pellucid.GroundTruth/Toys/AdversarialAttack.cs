// Elhage et al. 2022 (arXiv:2209.10652, "Superposition and adversarial examples"): where an output is above 0 it is (Wᵀ W x + b)ⱼ, so the small change of the
// input that moves it most per length is along the j-th column of Wᵀ W: it moves it by ε ‖(Wᵀ W)ⱼ‖, where without superposition it would be ε (Wᵀ W)ⱼⱼ.
// The quotient of the two is 1 / √Dⱼ: a feature that has the part D of a dimension is so much more vulnerable.
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>An attack on one output of a toy model, predicted from its weights and held against attacks that are searched for.</summary>
public sealed record AdversarialAttack
{
    private const int Ascents = 200;

    /// <summary>The output that is moved.</summary>
    public required int Feature { get; init; }

    /// <summary>ε, the length of every attack.</summary>
    public required double Size { get; init; }

    /// <summary>The direction that is predicted: the column of WᵀW, at length 1.</summary>
    public required IReadOnlyList<double> Direction { get; init; }

    /// <summary>How far the attack moves the output, by the formula: ε ‖(WᵀW)ⱼ‖.</summary>
    public required double Predicted { get; init; }

    /// <summary>How far the predicted attack really moves it: less where it pushes an output against 0.</summary>
    public required double Measured { get; init; }

    /// <summary>How far the best attack moves it that gradient ascent finds without knowing the weights.</summary>
    public required double Found { get; init; }

    /// <summary>How far random directions move it on average.</summary>
    public required double RandomMean { get; init; }

    /// <summary>How far the best of the random directions moves it.</summary>
    public required double RandomBest { get; init; }

    /// <summary>How much further it moves than without superposition: 1 / √Dⱼ.</summary>
    public required double Vulnerability { get; init; }

    /// <summary>Attacks an output of a ReLU output model at an input.</summary>
    /// <param name="model">A model of the form ReLU(WᵀWx + b), or its linear comparison.</param>
    /// <param name="x">The input, [feature]; the output that is attacked should be above 0 there.</param>
    /// <param name="feature">The output that is attacked.</param>
    /// <param name="size">ε.</param>
    /// <param name="randoms">Random directions to compare with.</param>
    /// <param name="seed">Seed of these.</param>
    /// <exception cref="PellucidException">The model computes in superposition, or represents nothing along that feature.</exception>
    public static AdversarialAttack On(ToyModel model, ReadOnlySpan<double> x, int feature, double size, int randoms = 1000, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        int n = model.Task.Features;
        if (model.Task.Form == AutoencoderForm.RectifiedHidden || model.Product(feature, feature) == 0)
        {
            throw new PellucidException($"The attack on output {feature} cannot be predicted: the model must have the form ReLU(WᵀWx + b) and represent the feature.");
        }

        double[] input = x.ToArray(), column = [.. Enumerable.Range(0, n).Select(i => model.Product(feature, i))];
        double length = Length(column), clean = model.Forward(input)[feature];
        double[] direction = [.. column.Select(value => value / length)];
        SeededRandom random = new(seed);
        double[] moves = [.. Enumerable.Range(0, randoms).Select(_ => Move(Random()))];
        return new AdversarialAttack
        {
            Feature = feature,
            Size = size,
            Direction = direction,
            Predicted = size * length,
            Measured = Move(direction),
            Found = Move(Ascend(Random())),
            RandomMean = moves.Average(),
            RandomBest = moves.Max(),
            Vulnerability = length / column[feature],
        };

        double Move(double[] along) => Math.Abs(At(along) - clean);

        double At(double[] along) => model.Forward([.. input.Zip(along, (value, step) => value + (size * step))])[feature];

        double[] Random() => Orthogonal.Unit([.. Enumerable.Range(0, n).Select(_ => random.NextNormal())]);

        // Gradients by finite differences of the output alone, so that nothing of the prediction goes in.
        double[] Ascend(double[] along)
        {
            for (int ascent = 0; ascent < Ascents; ascent++)
            {
                double[] slope = new double[n];
                for (int i = 0; i < n; i++)
                {
                    double[] up = [.. along], down = [.. along];
                    up[i] += 1e-4;
                    down[i] -= 1e-4;
                    slope[i] = At(up) - At(down);
                }

                if (Length(slope) == 0)
                {
                    return along;
                }

                double[] step = Orthogonal.Unit(slope);
                along = Orthogonal.Unit([.. along.Zip(step, (value, change) => value + (0.3 * change))]);
            }

            return along;
        }
    }

    private static double Length(double[] vector) => Math.Sqrt(vector.Sum(value => value * value));
}
