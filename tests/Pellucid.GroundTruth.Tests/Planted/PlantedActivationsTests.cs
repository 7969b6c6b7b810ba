using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests.Planted;

public sealed class PlantedActivationsTests
{
    private const int Rows = 20_000;

    private static readonly PlantedOptions Plain = new() { Features = 24, Width = 16, ActiveFeatures = 3, Seed = 11 };

    public static TheoryData<PlantedOptions, string> Impossible => new()
    {
        { Plain with { Features = 0 }, "0 features" },
        { Plain with { Directions = DirectionLayout.Orthogonal }, "24 orthogonal directions in width 16" },
        { Plain with { ActiveFeatures = 25 }, "25 active features" },
        { Plain with { ActiveFeatures = double.NaN }, "active features" },
        { Plain with { Density = DensityLaw.Zipf, ActiveFeatures = 20 }, "Feature 0 would have to fire on" },
        { Plain with { DuplicatePairs = 13 }, "13 pairs" },
        { Plain with { GroupSize = 2, GroupCorrelation = 1.5 }, "correlation 1.5" },
        { Plain with { Correlation = [1, 2] }, "a correlation matrix of 2 values" },
        { Plain with { Features = 2, ActiveFeatures = 1, Correlation = [1, 2, 2, 1] }, "correlation matrix is none at row 1, column 1" },
        { Plain with { Features = 2, ActiveFeatures = 1, Correlation = [1, 0.5, 0.1, 1] }, "correlation matrix is none at row 1, column 0" },
        { Plain with { Branching = 2, Roots = 30 }, "30 roots" },
        { Plain with { Branching = 3, Roots = 6, ChildShare = 0.5, ExclusiveChildren = true }, "3 exclusive children" },
        { Plain with { DenseFeatures = 24 }, "24 dense features" },
        { Plain with { Noise = double.NaN }, "noise" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Constructor_ImpossibleOptions_SaysWhat(PlantedOptions options, string expected) =>
        Assert.Contains(expected, Assert.Throws<PellucidException>(() => new PlantedActivations(options)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_WithoutNoise_AreTheSumsOfTheirCodes()
    {
        using PlantedActivations planted = new(Plain with { MeanNorm = 3 });
        using PlantedRows rows = planted.Rows(5, 400);
        Assert.InRange(Norm(planted.Mean.AsSpan()), 3 - 1e-5, 3 + 1e-5);
        for (int row = 0; row < 400; row++)
        {
            double[] expected = Array.ConvertAll(planted.Mean.ToArray(), value => (double)value);
            for (int feature = 0; feature < 24; feature++)
            {
                for (int i = 0; i < 16; i++)
                {
                    expected[i] += rows.Codes[row, feature] * planted.Directions[feature, i];
                }
            }

            for (int i = 0; i < 16; i++)
            {
                Assert.Equal(expected[i], rows.Activations[row, i], 2e-5); // float sums of at most 24 terms of size 5
            }
        }
    }

    [Fact]
    public void Rows_AskedForInOtherBlocks_AreTheSame()
    {
        using PlantedActivations planted = new(Plain with { Noise = 0.1, GroupSize = 3, GroupCorrelation = 0.5 }), again = new(planted.Options);
        using PlantedRows whole = planted.Rows(0, 1000), part = again.Rows(300, 257), other = again.Rows(557, 443);
        Assert.Equal(whole.Activations.ToArray()[(300 * 16)..], (float[])[.. part.Activations.ToArray(), .. other.Activations.ToArray()]);
        PlantedCodes codes = again.Codes(300, 257);
        Assert.Equal(part.Codes.Features, codes.Features);
        Assert.Equal(part.Codes.Values, codes.Values);
        Assert.Equal(planted.Hash, again.Hash);
        using PlantedActivations seeded = new(planted.Options with { Seed = 12 });
        Assert.NotEqual(planted.Hash, seeded.Hash);
        using PlantedRows different = seeded.Rows(0, 1000);
        Assert.NotEqual(whole.Activations.ToArray(), different.Activations.ToArray());
    }

    [Fact]
    public void Directions_OfEachLayout_LieAsSaid()
    {
        using PlantedActivations orthogonal = new(Plain with { Features = 16, Directions = DirectionLayout.Orthogonal });
        using PlantedActivations pairs = new(Plain with { DuplicatePairs = 5, DuplicateCosine = 0.93 });
        for (int first = 0; first < 16; first++)
        {
            for (int second = 0; second < 16; second++)
            {
                Assert.Equal(first == second ? 1 : 0, Dot(orthogonal.Directions.Row(first), orthogonal.Directions.Row(second)), 1e-6); // rounding to float
            }
        }

        for (int pair = 0; pair < 5; pair++)
        {
            Assert.Equal(0.93, Dot(pairs.Directions.Row(2 * pair), pairs.Directions.Row((2 * pair) + 1)), 1e-6);
        }

        for (int feature = 0; feature < 24; feature++)
        {
            Assert.Equal(1, Norm(pairs.Directions.Row(feature)), 1e-6);
        }
    }

    [Theory]
    [InlineData(0, 0.0, false)]
    [InlineData(4, 0.8, false)]
    [InlineData(2, 0.9, true)]
    public void Codes_FireAsOftenAsTheirDensity(int group, double correlation, bool opposed)
    {
        using PlantedActivations planted = new(Plain with { Density = DensityLaw.Zipf, ZipfExponent = 0.5, GroupSize = group, GroupCorrelation = correlation, Opposed = opposed });
        PlantedCodes codes = planted.Codes(0, Rows);
        Assert.Equal(3, planted.Densities.Sum(), 1e-12);
        Assert.Equal(Math.Sqrt(4), planted.Densities[0] / planted.Densities[3], 1e-12);
        for (int feature = 0; feature < 24; feature++)
        {
            double p = planted.Densities[feature];
            Assert.Equal(p, Share(codes, feature), 5 * Math.Sqrt(p * (1 - p) / Rows)); // five standard errors
        }
    }

    [Fact]
    public void Codes_OfAGroup_FireTogetherAndOfOpposedFeaturesApart()
    {
        PlantedOptions options = Plain with { GroupSize = 2, GroupCorrelation = 0.9 };
        using PlantedActivations together = new(options), apart = new(options with { Opposed = true }), one = new(options with { GroupCorrelation = 1 });
        Assert.True(Both(together.Codes(0, Rows), 0, 1) > 0.6 * together.Densities[0]); // independent: 0.125 of it
        Assert.True(Both(apart.Codes(0, Rows), 0, 1) < 0.02 * apart.Densities[0]);
        Assert.Equal(together.Densities[1] * together.Densities[2], Both(together.Codes(0, Rows), 1, 2), 0.006); // of two groups: five standard errors
        PlantedCodes codes = one.Codes(0, Rows);
        Assert.Equal(Share(codes, 0), Both(codes, 0, 1), 1e-12);
    }

    [Fact]
    public void Codes_OfACorrelationMatrix_AreThoseOfTheSameGroups()
    {
        double[] matrix = new double[24 * 24];
        for (int i = 0; i < 24; i++)
        {
            for (int j = 0; j < 24; j++)
            {
                matrix[(i * 24) + j] = i == j ? 1 : i / 2 == j / 2 ? 0.7 : 0;
            }
        }

        using PlantedActivations groups = new(Plain with { GroupSize = 2, GroupCorrelation = 0.7 }), given = new(Plain with { Correlation = matrix });
        Assert.Equal(Both(groups.Codes(0, Rows), 0, 1), Both(given.Codes(0, Rows), 0, 1), 0.01); // 5 √(2 · 0.07 / 20,000)
        Assert.Equal(groups.Densities[0], Share(given.Codes(0, Rows), 0), 0.012);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Codes_OfAHierarchy_NeverFireWithoutTheParent(bool exclusive)
    {
        using PlantedActivations planted = new(Plain with { Roots = 6, Branching = 3, ChildShare = 0.3, ExclusiveChildren = exclusive });
        PlantedCodes codes = planted.Codes(0, Rows);
        Assert.Equal([-1, -1, -1, -1, -1, -1, 0, 0, 0, 1], planted.Parents.Take(10));
        for (int child = 6; child < 24; child++)
        {
            int parent = planted.Parents[child];
            Assert.Equal(Share(codes, child), Both(codes, child, parent), 1e-12);
            Assert.Equal(planted.Densities[parent] * 0.3, Share(codes, child), 0.012); // five standard errors of the densest
        }

        Assert.Equal(exclusive, Both(codes, 6, 7) == 0);
        Assert.Equal(3, planted.Densities.Sum(), 1e-9);
    }

    [Fact]
    public void Codes_OfDenseFeatures_FireOften()
    {
        using PlantedActivations planted = new(Plain with { DenseFeatures = 2, DenseDensity = 0.7 });
        PlantedCodes codes = planted.Codes(0, Rows);
        Assert.Equal(0.7, Share(codes, 23), 0.017);
        Assert.Equal(3.0 / 22, Share(codes, 21), 0.0125);
    }

    [Theory]
    [InlineData(MagnitudeLaw.Constant, 0)]
    [InlineData(MagnitudeLaw.Uniform, 1.0 / 3)]
    [InlineData(MagnitudeLaw.HalfNormal, (Math.PI / 2) - 1)]
    [InlineData(MagnitudeLaw.Exponential, 1)]
    [InlineData(MagnitudeLaw.LogNormal, 0.2840254)] // e^(1/4) − 1
    public void Codes_OfEachLaw_HaveMean1AndItsVariance(MagnitudeLaw law, double variance)
    {
        using PlantedActivations planted = new(Plain with { Magnitude = law });
        IReadOnlyList<float> values = planted.Codes(0, Rows).Values;
        double mean = values.Average(value => (double)value);
        Assert.All(values, value => Assert.True(value > 0));
        Assert.Equal(1, mean, 5 * Math.Sqrt((variance + 1e-12) / values.Count));
        Assert.Equal(variance, values.Average(value => (value - mean) * (value - mean)), 0.05 * variance + 1e-9); // 60,000 values; kurtosis up to 9
    }

    [Fact]
    public void Rows_WithNoise_HaveItsVarianceInEveryDimension()
    {
        using PlantedActivations planted = new(Plain with { Noise = 0.3 }), clean = new(Plain);
        using PlantedRows noisy = planted.Rows(0, Rows), exact = clean.Rows(0, Rows);
        for (int i = 0; i < 16; i++)
        {
            double sum = 0;
            for (int row = 0; row < Rows; row++)
            {
                sum += Math.Pow(noisy.Activations[row, i] - exact.Activations[row, i], 2);
            }

            Assert.Equal(0.09, sum / Rows, 0.09 * 5 * Math.Sqrt(2.0 / Rows));
        }
    }

    private static double Share(PlantedCodes codes, int feature) => codes.Features.Count(other => other == feature) / (double)codes.Rows;

    private static double Both(PlantedCodes codes, int first, int second) =>
        Enumerable.Range(0, codes.Rows).Count(row => codes[row, first] > 0 && codes[row, second] > 0) / (double)codes.Rows;

    private static double Norm(ReadOnlySpan<float> values) => Math.Sqrt(Dot(values, values));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
