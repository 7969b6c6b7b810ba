using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations.Tests.Summaries;

public sealed class UnitSummaryTests
{
    private static readonly SummaryOptions Small = new() { Window = 8, ShortestWindow = 3, Top = 4, Random = 3, EachOctave = 2, Seed = 5 };

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(37)]
    public void Observe_AnyWidth_EqualsPlainDoubleComputations(int units)
    {
        List<float[,]> sequences = Sequences(units, 30, seed: units);
        UnitSummary summary = Summarize(units, Enumerable.Range(0, sequences.Count), sequences);
        for (int unit = 0; unit < units; unit++)
        {
            double[] values = [.. sequences.SelectMany(rows => Column(rows, unit)).Select(value => (double)value)];
            double mean = values.Average(), variance = values.Average(x => (x - mean) * (x - mean));
            Assert.Equal(values.Length, summary.Tokens);
            Assert.Equal(mean, summary.Mean(unit), 1e-12);
            Assert.Equal(variance, summary.Variance(unit), 1e-12);
            Assert.Equal(values.Average(x => Math.Pow(x - mean, 3)) / Math.Pow(variance, 1.5), summary.Skewness(unit), 1e-9);
            Assert.Equal(values.Average(x => Math.Pow(x - mean, 4)) / (variance * variance), summary.Kurtosis(unit), 1e-9);
            Assert.Equal(((float)values.Min(), (float)values.Max()), (summary.Min(unit), summary.Max(unit)));
            Assert.Equal(values.Count(x => x > 0), summary.ActiveTokens(unit));
            Assert.Equal(summary.ActiveTokens(unit) / (double)values.Length, summary.Density(unit));
            int[] histogram = new int[LogHistogram.Bins];
            foreach (double value in values)
            {
                histogram[LogHistogram.BinOf((float)value)]++;
            }

            Assert.Equal(histogram, summary.Histogram(unit).ToArray());
        }
    }

    [Fact]
    public void Quantile_AnyShare_IsWithinASixteenthOfTheOrderStatistic()
    {
        List<float[,]> sequences = Sequences(3, 60, seed: 1);
        UnitSummary summary = Summarize(3, Enumerable.Range(0, 60), sequences);
        for (int unit = 0; unit < 3; unit++)
        {
            float[] sorted = [.. sequences.SelectMany(rows => Column(rows, unit)).Order()];
            for (double q = 0; q <= 1; q += 1.0 / 64)
            {
                float exact = sorted[Math.Max(0, (int)Math.Ceiling(q * sorted.Length) - 1)];
                Assert.InRange(summary.Quantile(unit, q), exact - (Math.Abs(exact) / 16) - 1e-6, exact + (Math.Abs(exact) / 16) + 1e-6);
            }

            Assert.Equal((sorted[0], sorted[^1]), (summary.Quantile(unit, 0), summary.Quantile(unit, 1)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => summary.Quantile(0, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => summary.Quantile(0, double.NaN));
    }

    [Fact]
    public void BinOf_EveryBin_HoldsItsOwnMiddleInOrder()
    {
        for (int bin = 0; bin < LogHistogram.Bins; bin++)
        {
            Assert.Equal(bin, LogHistogram.BinOf((float)LogHistogram.Middle(bin)));
            Assert.True(bin == 0 || LogHistogram.Middle(bin) > LogHistogram.Middle(bin - 1));
        }

        Assert.Equal(LogHistogram.Bins - 1, LogHistogram.BinOf(float.MaxValue));
        Assert.Equal(0, LogHistogram.BinOf(float.MinValue));
        Assert.Equal(LogHistogram.Zero, LogHistogram.BinOf(-0f));
        Assert.Equal(LogHistogram.Zero, LogHistogram.BinOf(float.Epsilon));
    }

    [Fact]
    public void Merge_PartsInAnyOrder_IsTheWhole()
    {
        List<float[,]> sequences = Sequences(5, 40, seed: 2);
        UnitSummary whole = Summarize(5, Enumerable.Range(0, 40), sequences);
        UnitSummary[] parts = [.. Enumerable.Range(0, 4).Select(part => Summarize(5, Enumerable.Range(0, 40).Where(i => i % 4 == part), sequences))];
        foreach (int[] order in (int[][])[[0, 1, 2, 3], [3, 1, 0, 2]])
        {
            UnitSummary merged = new(5, Small);
            foreach (int part in order)
            {
                merged.Merge(parts[part]);
            }

            AssertSame(whole, merged);
        }

        UnitSummary left = new(5, Small), right = new(5, Small);
        right.Merge(parts[2]);
        right.Merge(parts[3]);
        left.Merge(parts[0]);
        left.Merge(parts[1]);
        left.Merge(right);
        AssertSame(whole, left);
        Assert.Throws<PellucidException>(() => left.Merge(new UnitSummary(6, Small)));
        Assert.Throws<PellucidException>(() => left.Merge(new UnitSummary(5, Small with { Seed = 6 })));
    }

    [Fact]
    public void Top_ManyWindows_IsTheSortedLargestWithTiesByPlace()
    {
        List<float[,]> sequences = Sequences(4, 40, seed: 3, levels: 3); // few values: many ties
        UnitSummary summary = Summarize(4, Enumerable.Range(0, 40).Reverse(), sequences);
        for (int unit = 0; unit < 4; unit++)
        {
            Assert.Equal(
                Windows(sequences, unit).OrderByDescending(e => e.Max).ThenBy(e => e.Sequence).ThenBy(e => e.Start).Take(4), summary.Top(unit));
        }
    }

    [Fact]
    public void Examples_AnyKind_AreWindowsOfOneSequenceWithTheirOwnMaximum()
    {
        List<float[,]> sequences = Sequences(4, 40, seed: 4);
        UnitSummary summary = Summarize(4, Enumerable.Range(0, 40), sequences);
        for (int unit = 0; unit < 4; unit++)
        {
            HashSet<Example> windows = [.. Windows(sequences, unit)];
            Assert.Equal(3, summary.Random(unit).Distinct().Count());
            Assert.All(summary.Random(unit), example => Assert.Contains(example, windows));
            IReadOnlyList<Example> between = summary.Between(unit, 0.5, 2);
            Assert.NotEmpty(between);
            Assert.All(between, example => Assert.Contains(example, windows));
            Assert.All(between, example => Assert.InRange(example.Max, 0.5f, 2f));
        }
    }

    [Fact]
    public void Random_OtherSeed_DrawsOthersAndEveryWindowAlike()
    {
        List<float[,]> sequences = Sequences(1, 200, seed: 6);
        int windows = Windows(sequences, 0).Count();
        Dictionary<int, int> drawn = [];
        for (int seed = 0; seed < 300; seed++)
        {
            UnitSummary summary = new(1, Small with { Random = 20, Seed = seed });
            Fill(summary, Enumerable.Range(0, 200), sequences);
            foreach (Example example in summary.Random(0))
            {
                drawn[example.Sequence % 10] = drawn.GetValueOrDefault(example.Sequence % 10) + 1;
            }
        }

        int[] eligible = [.. Enumerable.Range(0, 10).Select(rest => Windows(sequences, 0).Count(e => e.Sequence % 10 == rest))];
        for (int rest = 0; rest < 10; rest++)
        {
            double expected = 6000.0 * eligible[rest] / windows; // 5 standard deviations of a binomial
            Assert.InRange(drawn[rest], expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Observe_NotFinite_NamesSequenceAndUnitAndTakesNothingIn(float value)
    {
        foreach (int unit in (int[])[0, 17, 36])
        {
            UnitSummary summary = new(37, Small);
            using Tensor values = Tensor.Zeros(new Shape(5, 37));
            values.Row(3)[unit] = value;
            PellucidException error = Assert.Throws<PellucidException>(() => summary.Observe(9, 1, values));
            Assert.Contains($"Unit {unit} ", error.Message, StringComparison.Ordinal);
            Assert.Contains("position 4 of sequence 9", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, summary.Tokens);
        }
    }

    [Fact]
    public void Moments_ConstantOrUnseenUnit_AreZeroOrUndefined()
    {
        UnitSummary summary = new(1, Small);
        Assert.Equal((double.NaN, double.NaN), (summary.Mean(0), summary.Quantile(0, 0.5)));
        using Tensor values = Tensor.From(0.1f, 0.1f, 0.1f).Reshape(new Shape(3, 1));
        summary.Observe(0, 0, values);
        Assert.Equal((0, double.NaN, double.NaN), (summary.Variance(0), summary.Skewness(0), summary.Kurtosis(0)));
    }

    [Fact]
    public void Save_Load_GivesTheSameSummaryAndBytes()
    {
        using TemporaryFolder folder = new();
        UnitSummary summary = Summarize(5, Enumerable.Range(0, 40), Sequences(5, 40, seed: 7));
        summary.Save(folder["a"], new Dictionary<string, string> { ["note"] = "kept" });
        (UnitSummary loaded, IReadOnlyDictionary<string, string> metadata) = UnitSummary.Load(folder["a"]);
        AssertSame(summary, loaded);
        Assert.Equal("kept", metadata["note"]);
        loaded.Save(folder["b"], new Dictionary<string, string> { ["note"] = "kept" });
        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
    }

    [Fact]
    public void Load_EveryTruncationAndRandomDamage_IsBadFileOrASummary()
    {
        using TemporaryFolder folder = new();
        Summarize(1, Enumerable.Range(0, 9), Sequences(1, 9, seed: 8)).Save(folder["good"]);
        byte[] good = File.ReadAllBytes(folder["good"]);
        SeededRandom random = new(8);
        for (int i = 0; i < 400; i++)
        {
            string path = folder.Write("cut", good[..random.NextInt(good.Length)]);
            Assert.Throws<BadFileException>(() => UnitSummary.Load(path));
            byte[] damaged = [.. good];
            damaged[random.NextInt(good.Length)] = (byte)random.NextWord();
            damaged[random.NextInt(600)] = (byte)random.NextWord();
            string other = folder.Write("damaged", damaged);
            Assert.True(Record.Exception(() => UnitSummary.Load(other)) is null or BadFileException);
        }
    }

    private static List<float[,]> Sequences(int units, int count, int seed, int levels = 0)
    {
        SeededRandom random = new(seed);
        List<float[,]> sequences = [];
        for (int sequence = 0; sequence < count; sequence++)
        {
            float[,] rows = new float[1 + random.NextInt(30), units];
            for (int row = 0; row < rows.GetLength(0); row++)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    bool zero = unit % 3 != 0 && random.NextInt(4) > 0;
                    rows[row, unit] = zero ? 0 : levels > 0 ? random.NextInt(levels) - 1 : (float)(random.NextNormal() + (0.2 * unit));
                }
            }

            sequences.Add(rows);
        }

        return sequences;
    }

    private static UnitSummary Summarize(int units, IEnumerable<int> order, List<float[,]> sequences)
    {
        UnitSummary summary = new(units, Small);
        Fill(summary, order, sequences);
        return summary;
    }

    private static void Fill(UnitSummary summary, IEnumerable<int> order, List<float[,]> sequences)
    {
        foreach (int sequence in order)
        {
            float[,] rows = sequences[sequence];
            using Tensor values = Tensor.From([.. rows.Cast<float>()], new Shape(rows.GetLength(0), summary.Units));
            summary.Observe(sequence, 1, values);
        }
    }

    private static IEnumerable<float> Column(float[,] rows, int unit) => Enumerable.Range(0, rows.GetLength(0)).Select(row => rows[row, unit]);

    private static IEnumerable<Example> Windows(List<float[,]> sequences, int unit) => sequences.SelectMany((rows, sequence) =>
        Column(rows, unit).Chunk(8).Select((window, i) => new Example(sequence, 1 + (8 * i), window.Length, window.Max())).Where(e => e.Length >= 3));

    /// <summary>Counts and examples exactly; moments, whose sums are rounded in another order, to 1e-12.</summary>
    private static void AssertSame(UnitSummary expected, UnitSummary actual)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        for (int unit = 0; unit < expected.Units; unit++)
        {
            Assert.Equal(expected.Histogram(unit).ToArray(), actual.Histogram(unit).ToArray());
            Assert.Equal((expected.Min(unit), expected.Max(unit), expected.ActiveTokens(unit)), (actual.Min(unit), actual.Max(unit), actual.ActiveTokens(unit)));
            Assert.Equal(expected.Top(unit), actual.Top(unit));
            Assert.Equal(expected.Random(unit), actual.Random(unit));
            Assert.Equal(expected.Between(unit, 1e-9, 1e9), actual.Between(unit, 1e-9, 1e9));
            Assert.Equal(1, actual.Mean(unit) / expected.Mean(unit), 1e-12);
            Assert.Equal(1, actual.Variance(unit) / expected.Variance(unit), 1e-12);
        }
    }
}
