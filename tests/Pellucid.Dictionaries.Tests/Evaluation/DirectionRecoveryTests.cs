using Pellucid.Dictionaries.Evaluation;

namespace Pellucid.Dictionaries.Tests.Evaluation;

public sealed class DirectionRecoveryTests
{
    [Fact]
    public void Measure_PermutedAndScaledDirections_FindsEachPartner()
    {
        using Tensor truth = PlantedData.Directions(12, 9, 3);
        int[] order = new SeededRandom(5).Sample(12, 12);
        using Tensor found = Tensor.Empty(new Shape(12, 9));
        for (int row = 0; row < 12; row++)
        {
            for (int i = 0; i < 9; i++)
            {
                found.Row(order[row])[i] = (row + 1) * truth.Row(row)[i];
            }
        }

        DirectionRecovery measured = DirectionRecovery.Measure(truth, found);
        Assert.Equal(order, measured.Nearest);
        Assert.Equal(order, measured.Matches);
        Assert.Equal((1, 1, 1), (measured.Mmcs, measured.FoundMmcs, measured.MatchedMean), (a, b) => Near(a.Item1, b.Item1) && Near(a.Item2, b.Item2) && Near(a.Item3, b.Item3));
        Assert.Equal(1, measured.FractionRecovered);
    }

    [Fact]
    public void Measure_TurnedDirections_CountOnlyWhereTheSignIsLeftOpen()
    {
        using Tensor truth = Tensor.From([1, 0, 0, 1], new Shape(2, 2)), found = Tensor.From([-1, 0, 0, 2], new Shape(2, 2));
        DirectionRecovery signed = DirectionRecovery.Measure(truth, found), either = DirectionRecovery.Measure(truth, found, eitherSign: true);
        Assert.Equal((0.5, 0.5), (signed.Mmcs, signed.FractionRecovered));
        Assert.Equal((1, 1), (either.Mmcs, either.FractionRecovered));
    }

    [Fact]
    public void Measure_DuplicatesAndStrangers_LowerTheMatchingAndTheWayBack()
    {
        using Tensor truth = Tensor.From([1, 0, 0, 0.8f, 0.6f, 0], new Shape(2, 3));
        using Tensor found = Tensor.From([1, 0, 0, 0, 0, 1, 0, 0, -1], new Shape(3, 3));
        DirectionRecovery measured = DirectionRecovery.Measure(truth, found);
        Assert.Equal((double[])[1, 0.8], measured.MaxCosines, (a, b) => Near(a, b));
        Assert.Equal([0, 0], measured.Nearest);
        Assert.Equal(0.5, measured.MatchedMean, 1e-6); // the second true direction is left with one at right angles
        Assert.Equal(1.0 / 3, measured.FoundMmcs, 1e-6);
        Assert.Equal(0.5, measured.FractionRecovered);
    }

    [Fact]
    public void Measure_FewerDirectionsThanFeatures_LeavesFeaturesWithoutAPartner()
    {
        using Tensor truth = Tensor.From([1, 0, 0, 1, 0.6f, 0.8f], new Shape(3, 2)), found = Tensor.From([0, 1], new Shape(1, 2));
        DirectionRecovery measured = DirectionRecovery.Measure(truth, found);
        Assert.Equal([-1, 0, -1], measured.Matches);
        Assert.Equal((double[])[0, 1, 0], measured.MatchedCosines, (a, b) => Near(a, b));
    }

    [Fact]
    public void Measure_DirectionOfZeros_HasCosineZero()
    {
        using Tensor truth = Tensor.From([1, 0], new Shape(1, 2)), found = Tensor.From([0, 0], new Shape(1, 2));
        Assert.Equal(0, DirectionRecovery.Measure(truth, found).Mmcs);
    }

    [Fact]
    public void Measure_OtherWidthsOrNothing_AreRefused()
    {
        using Tensor two = Tensor.Zeros(new Shape(1, 2)), three = Tensor.Zeros(new Shape(1, 3)), none = Tensor.Zeros(new Shape(0, 2)), bad = Tensor.From([float.NaN, 1], new Shape(1, 2));
        Assert.Throws<ShapeException>(() => DirectionRecovery.Measure(two, three));
        Assert.Throws<ShapeException>(() => DirectionRecovery.Measure(two, none));
        Assert.Throws<PellucidException>(() => DirectionRecovery.Measure(two, bad));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    [InlineData(6, 6)]
    public void Best_AnyValues_EqualsTheBestOfAllAssignments(int rows, int columns)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            SeededRandom random = new(seed);
            double[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextInt(9) - 4.0)]; // whole numbers, so that ties occur
            int[] best = Assignment.Best((row, column) => values[(row * columns) + column], rows, columns);
            int[] used = [.. best.Where(column => column >= 0)];
            Assert.Equal(Math.Min(rows, columns), used.Distinct().Count());
            Assert.Equal(used.Length, used.Distinct().Count());
            double sum = best.Select((column, row) => column < 0 ? 0 : values[(row * columns) + column]).Sum();
            Assert.Equal(Largest(values, rows, columns), sum, 1e-12);
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-6;

    private static double Largest(double[] values, int rows, int columns)
    {
        double Search(int row, int taken)
        {
            if (row == rows)
            {
                return System.Numerics.BitOperations.PopCount((uint)taken) == Math.Min(rows, columns) ? 0 : double.NegativeInfinity;
            }

            double best = rows > columns ? Search(row + 1, taken) : double.NegativeInfinity;
            for (int column = 0; column < columns; column++)
            {
                if ((taken & (1 << column)) == 0)
                {
                    best = Math.Max(best, values[(row * columns) + column] + Search(row + 1, taken | (1 << column)));
                }
            }

            return best;
        }

        return Search(0, 0);
    }
}
