using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests;

public class PopulationTests(Planted planted) : IClassFixture<Planted>
{
    [Fact]
    public void Divide_Store_SeesTrainingAndHeldOutSequencesOnce()
    {
        const int training = 30;
        Population divided = Population.Divide("planted", planted.Units, planted.Training, training, cancellationToken: TestContext.Current.CancellationToken);
        long first = Enumerable.Range(0, training).Sum(sequence => (long)planted.Training.Tokens(sequence).Length);
        Assert.Equal((first, planted.Training.Rows - first), (divided.TrainingSummary.Tokens, divided.HeldOutSummary.Tokens));
        for (int unit = 0; unit < 2; unit++)
        {
            Assert.All(divided.TrainingSummary.Top(unit).Concat(divided.TrainingSummary.Random(unit)), example => Assert.InRange(example.Sequence, 0, training - 1));
            Assert.All(divided.HeldOutSummary.Top(unit).Concat(divided.HeldOutSummary.Random(unit)), example => Assert.InRange(example.Sequence, training, planted.Training.Sequences - 1));
            Assert.Equal(planted.Population.TrainingSummary.ActiveTokens(unit), divided.TrainingSummary.ActiveTokens(unit) + divided.HeldOutSummary.ActiveTokens(unit));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(40)]
    [InlineData(int.MaxValue)]
    public void Divide_NothingOnOneSide_Throws(int training) =>
        Assert.Throws<PellucidException>(() => Population.Divide("planted", planted.Units, planted.Training, training, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Gather_Seed_DecidesTheRandomRecordsAlone()
    {
        Population other = Population.Gather("planted", planted.Units, planted.Training, planted.HeldOut, new SummaryOptions { Seed = 1 }, TestContext.Current.CancellationToken);
        Assert.NotEqual(planted.Population.HeldOutSummary.Random(0), other.HeldOutSummary.Random(0));
        Assert.Equal(planted.Population.HeldOutSummary.Top(0), other.HeldOutSummary.Top(0));
    }

    [Fact]
    public void Passes_Cancelled_Stop()
    {
        CancellationToken stopped = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => Population.Gather("planted", planted.Units, planted.Training, planted.HeldOut, cancellationToken: stopped));
        Assert.Throws<OperationCanceledException>(() => Population.Divide("planted", planted.Units, planted.Training, 30, cancellationToken: stopped));
        Assert.Throws<OperationCanceledException>(() => DensityMatching.Match(planted.Training, planted.Units, planted.Population.TrainingSummary, [0.5], stopped));
        Assert.Throws<OperationCanceledException>(() => UnitRecords.Read(planted.Training, planted.Units, planted.Population.TrainingSummary, [0], null, stopped));
        Assert.Throws<OperationCanceledException>(() => SealedTest.Of(planted.HeldOut, planted.Units, planted.Population.HeldOutSummary, [0], null, stopped));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MinValue)]
    public async Task ScoreAsync_ChosenOutOfRange_NamesTheUnit(int unit)
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => Populations.ScoreAsync(
            planted.Population, [planted.Table], new PopulationOptions { Chosen = [0, unit] }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains($"Unit {unit} is not among the 3", error.Message, StringComparison.Ordinal);
    }
}
