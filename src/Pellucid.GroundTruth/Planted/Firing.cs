// Which planted features fire on a row. Correlated features share hidden normal variables, as in a Gaussian copula (the form that Chanin and
// Garriga-Alonso 2026, SynthSAEBench, arXiv:2602.14687, use for features of dictionaries): feature i fires where z_i exceeds the (1 − q_i) quantile of the
// standard normal distribution, z of the wanted correlation, so that each density is exact whatever the correlation.
//   groups: z_i = s_i √ρ h_group + √(1 − ρ) ε_i, s_i = ±1;   matrix: z = L ε, R = L Lᵀ (Cholesky).
// Hierarchy (Chanin et al. 2024, "A is for Absorption", arXiv:2409.14507): a child fires only where its parent does, with probability q_i given
// that; the density of the child is q_i times the parent's.
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Planted;

/// <summary>Decides which features fire. Immutable; safe for many threads, each with its own buffers.</summary>
internal sealed class Firing
{
    private readonly PlantedOptions _options;
    private readonly double[] _given;
    private readonly double[] _threshold;
    private readonly double[]? _factor;
    private readonly int _sparse;

    /// <exception cref="PellucidException">A density would exceed 1, or the matrix is no correlation matrix.</exception>
    internal Firing(PlantedOptions options)
    {
        _options = options;
        _sparse = options.Features - options.DenseFeatures;
        Parents = [.. Enumerable.Range(0, options.Features).Select(ParentOf)];
        Densities = DensitiesOf();
        _given = [.. Densities.Select((density, feature) => Parents[feature] < 0 ? density : options.ChildShare)];
        _threshold = [.. _given.Select(given => Normal.Quantile(1 - given))];
        _factor = options.Correlation is { } matrix ? Cholesky(matrix, options.Features) : null;
    }

    /// <summary>The parent of each feature; −1 for none.</summary>
    internal int[] Parents { get; }

    /// <summary>Probability that each feature fires.</summary>
    internal double[] Densities { get; }

    /// <summary>Draws one row.</summary>
    /// <param name="random">The row's own stream.</param>
    /// <param name="fires">Whether each feature does.</param>
    /// <param name="hidden">Room for a number a feature.</param>
    internal void Draw(SeededRandom random, Span<bool> fires, Span<double> hidden)
    {
        if (_factor is not null)
        {
            DrawFromMatrix(random, fires, hidden);
        }
        else if (_options.GroupSize > 0)
        {
            DrawFromGroups(random, fires);
        }
        else
        {
            for (int feature = 0; feature < fires.Length; feature++)
            {
                fires[feature] = random.NextDouble() < _given[feature];
            }
        }

        if (_options.Branching > 0)
        {
            Descend(random, fires);
        }
    }

    private void DrawFromMatrix(SeededRandom random, Span<bool> fires, Span<double> hidden)
    {
        int count = fires.Length;
        for (int feature = 0; feature < count; feature++)
        {
            hidden[feature] = random.NextNormal();
            double sum = 0;
            for (int other = 0; other <= feature; other++)
            {
                sum += _factor![(feature * count) + other] * hidden[other];
            }

            fires[feature] = sum > _threshold[feature];
        }
    }

    private void DrawFromGroups(SeededRandom random, Span<bool> fires)
    {
        double shared = Math.Sqrt(_options.GroupCorrelation), own = Math.Sqrt(1 - _options.GroupCorrelation), group = 0;
        for (int feature = 0; feature < fires.Length; feature++)
        {
            int place = feature % _options.GroupSize;
            group = place == 0 ? random.NextNormal() : group;
            double sign = _options.Opposed && place % 2 == 1 ? -1 : 1;
            double z = feature < _sparse ? (sign * shared * group) + (own * random.NextNormal()) : random.NextNormal();
            fires[feature] = z > _threshold[feature];
        }
    }

    private void Descend(SeededRandom random, Span<bool> fires)
    {
        if (_options.ExclusiveChildren)
        {
            fires[_options.Roots.._sparse].Clear();
            for (int parent = 0, child = _options.Roots; child < _sparse; parent++, child += _options.Branching)
            {
                double chosen = Math.Floor(random.NextDouble() / _options.ChildShare);
                if (fires[parent] && chosen < _options.Branching && child + (int)chosen < _sparse)
                {
                    fires[child + (int)chosen] = true;
                }
            }
        }

        for (int feature = _options.Roots; feature < _sparse; feature++)
        {
            fires[feature] &= fires[Parents[feature]];
        }
    }

    private int ParentOf(int feature) => _options.Branching > 0 && feature >= _options.Roots && feature < _sparse
        ? (feature - _options.Roots) / _options.Branching
        : -1;

    private double[] DensitiesOf()
    {
        double[] densities = new double[_options.Features];
        double sum = 0;
        for (int feature = 0; feature < _sparse; feature++)
        {
            densities[feature] = Parents[feature] >= 0 ? densities[Parents[feature]] * _options.ChildShare
                : _options.Density == DensityLaw.Zipf ? Math.Pow(feature + 1, -_options.ZipfExponent)
                : 1;
            sum += densities[feature];
        }

        for (int feature = 0; feature < _options.Features; feature++)
        {
            densities[feature] = feature < _sparse ? densities[feature] * _options.ActiveFeatures / sum : _options.DenseDensity;
            if (densities[feature] > 1)
            {
                throw new PellucidException(
                    $"Feature {feature} would have to fire on {densities[feature]:0.##} of the rows for {_options.ActiveFeatures} features to be active. Ask for fewer active features, or for densities that differ less.");
            }
        }

        return densities;
    }

    private static double[] Cholesky(IReadOnlyList<double> matrix, int count)
    {
        double[] factor = new double[count * count];
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double rest = matrix[(row * count) + column];
                bool symmetric = Math.Abs(rest - matrix[(column * count) + row]) <= 1e-9;
                for (int i = 0; i < column; i++)
                {
                    rest -= factor[(row * count) + i] * factor[(column * count) + i];
                }

                if (!symmetric || (row == column && (!(rest > 0) || Math.Abs(matrix[(row * count) + row] - 1) > 1e-9)))
                {
                    throw new PellucidException(
                        $"The correlation matrix is none at row {row}, column {column}: it must be symmetric and positive definite, with ones on its diagonal. Correct it, or use groups.");
                }

                factor[(row * count) + column] = row == column ? Math.Sqrt(rest) : rest / factor[(column * count) + column];
            }
        }

        return factor;
    }
}
