// Mean max cosine similarity (MMCS): Sharkey, Braun and Millidge 2022, "Taking features out of superposition with sparse autoencoders".
//   MMCS(truth → found) = mean over true directions d of max over found directions w of cos(d, w), and the other way round.
// A found direction may be the nearest of several true ones, which MMCS does not punish; the matching uses each once (see Assignment).
using Pellucid.Dictionaries.Evaluation;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries;

/// <summary>How well found directions agree with the true ones. Immutable.</summary>
public sealed record DirectionRecovery
{
    /// <summary>The cosine from which a true direction counts as recovered.</summary>
    public const double Threshold = 0.9;

    private DirectionRecovery(double[] nearest, int[] nearestIndex, double[] back, int[] matches, double[] matched) =>
        (MaxCosines, Nearest, FoundMaxCosines, Matches, MatchedCosines) = (nearest, nearestIndex, back, matches, matched);

    /// <summary>Of each true direction, the largest cosine to a found one.</summary>
    public IReadOnlyList<double> MaxCosines { get; }

    /// <summary>Of each true direction, the found one that is nearest.</summary>
    public IReadOnlyList<int> Nearest { get; }

    /// <summary>Of each found direction, the largest cosine to a true one.</summary>
    public IReadOnlyList<double> FoundMaxCosines { get; }

    /// <summary>Of each true direction, its partner where no found direction serves twice and the sum of cosines is largest; −1 where none is left.</summary>
    public IReadOnlyList<int> Matches { get; }

    /// <summary>Of each true direction, the cosine to its partner; 0 where it has none.</summary>
    public IReadOnlyList<double> MatchedCosines { get; }

    /// <summary>Mean max cosine similarity, from the truth to what was found.</summary>
    public double Mmcs => MaxCosines.Average();

    /// <summary>Mean max cosine similarity, from what was found to the truth: low where directions were found that are not there.</summary>
    public double FoundMmcs => FoundMaxCosines.Average();

    /// <summary>Mean cosine of the one-to-one matching.</summary>
    public double MatchedMean => MatchedCosines.Average();

    /// <summary>Share of true directions whose largest cosine is at least <see cref="Threshold"/>.</summary>
    public double FractionRecovered => MaxCosines.Count(cosine => cosine >= Threshold) / (double)MaxCosines.Count;

    /// <summary>Compares directions.</summary>
    /// <param name="truth">[features, width]; a row of zeros has cosine 0 with all.</param>
    /// <param name="found">[directions, width], such as a dictionary's W_dec.</param>
    /// <param name="eitherSign">Whether a direction and its negative count as one, as for principal components.</param>
    /// <exception cref="ShapeException">There is no direction, or the widths differ.</exception>
    /// <exception cref="PellucidException">A value is not finite.</exception>
    public static DirectionRecovery Measure(Tensor truth, Tensor found, bool eitherSign = false)
    {
        if (truth.Shape.Rank != 2 || found.Shape.Rank != 2 || truth.Shape.Width != found.Shape.Width || truth.Count == 0 || found.Count == 0)
        {
            throw new ShapeException($"Recovery: {truth.Shape} and {found.Shape} are not directions of one width, [features, width] and [directions, width], of at least one each.");
        }

        using Ops ops = new();
        Tensor cosines = ops.MatMul(Unit(ops, truth), Unit(ops, found), transposeRight: true);
        int features = truth.Shape[0], directions = found.Shape[0];
        double Cosine(int feature, int direction) => eitherSign ? Math.Abs(cosines.Row(feature)[direction]) : cosines.Row(feature)[direction];

        double[] nearest = new double[features], back = new double[directions];
        int[] nearestIndex = new int[features];
        Array.Fill(nearest, double.NegativeInfinity);
        Array.Fill(back, double.NegativeInfinity);
        for (int feature = 0; feature < features; feature++)
        {
            for (int direction = 0; direction < directions; direction++)
            {
                double cosine = Cosine(feature, direction);
                back[direction] = Math.Max(back[direction], cosine);
                if (cosine > nearest[feature])
                {
                    (nearest[feature], nearestIndex[feature]) = (cosine, direction);
                }
            }
        }

        int[] matches = Assignment.Best(Cosine, features, directions);
        return new DirectionRecovery(
            nearest, nearestIndex, back, matches, [.. matches.Select((match, feature) => match < 0 ? 0 : Cosine(feature, match))]);
    }

    private static Tensor Unit(Ops ops, Tensor directions)
    {
        Tensor unit = ops.Own(directions.To(DType.F32));
        for (int row = 0; row < unit.Shape[0]; row++)
        {
            Span<float> values = unit.Row(row);
            double squares = 0;
            foreach (float value in values)
            {
                squares += (double)value * value;
            }

            if (!double.IsFinite(squares))
            {
                throw new PellucidException($"Direction {row} holds NaN or infinity, so it has no cosine. Find where it was made.");
            }

            double factor = squares == 0 ? 0 : 1 / Math.Sqrt(squares);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] * factor);
            }
        }

        return unit;
    }
}
