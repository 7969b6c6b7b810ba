using System.Text.Json;
using Pellucid.Tensors.Tests.Gradients;

namespace Pellucid.Tensors.Tests.Optimizers;

public sealed class ScheduleTests
{
    private static readonly JsonElement Golden = GoldenJson.Open("optimizers", "optimizers.json").GetProperty("schedules");

    [Theory]
    [InlineData("cosine")]
    [InlineData("cosine-floor")]
    [InlineData("steps")]
    [InlineData("decay")]
    [InlineData("warmup")]
    public void At_EveryStep_IsPyTorchsFactor(string name)
    {
        Schedule schedule = name switch
        {
            "cosine" => Schedule.Cosine(20),
            "cosine-floor" => Schedule.Cosine(20, 0.1),
            "steps" => Schedule.Steps(7, 0.3),
            "decay" => Schedule.LinearDecay(25, floor: 0.1),
            _ => Schedule.Constant.WithWarmup(10),
        };
        double[] expected = Golden.GetProperty(name).Doubles();
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.At(step), 1e-9); // PyTorch multiplies step by step, in double
        }
    }

    [Fact]
    public void At_BeyondTheEnd_StaysAtTheFloor()
    {
        Assert.Equal(0.25, Schedule.Cosine(20, 0.25).At(1000));
        Assert.Equal(0, Schedule.LinearDecay(100, 0.2).At(100));
        Assert.Equal(1, Schedule.LinearDecay(100, 0.2).At(80));
        Assert.Equal(0.5, Schedule.LinearDecay(100, 0.2).At(90), 1e-12);
    }

    [Fact]
    public void WithWarmup_AfterIt_StartsTheScheduleAtItsBeginning()
    {
        Schedule schedule = Schedule.Cosine(20).WithWarmup(4);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], new[] { 0, 1, 2, 3, 4 }.Select(step => schedule.At(step)));
        Assert.Equal(Schedule.Cosine(20).At(7), schedule.At(11));
    }
}
