using Pellucid.GroundTruth.Compilation;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Tests;

public sealed class StepMapTests
{
    /// <summary>The step units in float32, as a kernel computes one coordinate of them: one product and one addition each, summed in order.</summary>
    private static float Computed(StepMap plan, float x)
    {
        float sum = (float)plan.AtZero.Number;
        foreach (Step step in plan.Steps)
        {
            float slope = (float)(step.IsMirrored ? -step.Slope : step.Slope), change = (float)(step.Upper.Number - step.Lower.Number);
            change = step.IsMirrored ? -change : change;
            sum += change * Math.Max((slope * x) + (float)(1 - step.Offset), 0);
            sum -= change * Math.Max((slope * x) + (float)-step.Offset, 0);
        }

        return sum;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Plan_CoordinateOfARandomFunction_IsExactInSinglePrecision(long seed)
    {
        SeededRandom random = new(seed);
        for (int trial = 0; trial < 200; trial++)
        {
            double[] numbers = [.. Enumerable.Range(0, 2 + random.NextInt(12)).Select(_ => (random.NextInt(121) - 60) / (1.0 + random.NextInt(9))).Distinct().Order()];
            Dictionary<Value, Value> function = numbers.ToDictionary(x => (Value)x, _ => (Value)random.NextInt(2));

            StepMap plan = StepMap.Plan(numbers, numbers, x => function[x]);

            foreach (double number in numbers)
            {
                // A number that was computed is off by a few units in the last place.
                foreach (float x in new[] { (float)number, MathF.BitIncrement((float)number), MathF.BitDecrement((float)number) })
                {
                    Assert.Equal((float)function[number].Number, Computed(plan, x));
                }
            }
        }
    }

    [Fact]
    public void Plan_AtZero_HasSilentSteps()
    {
        double[] numbers = [-2, -0.5, 0, 0.25, 3];

        StepMap plan = StepMap.Plan(numbers, numbers, x => x * 2);

        Assert.Equal(0, plan.AtZero);
        Assert.All(plan.Steps, step => Assert.True(step.Offset >= 1 && Math.Log2(step.Slope) % 1 == 0));
        Assert.Equal([true, true, false, false], plan.Steps.Select(step => step.IsMirrored));
    }

    [Fact]
    public void Plan_NumbersTooNear_SaysBoth()
    {
        double[] numbers = [1, 1 + 1e-9];

        RaspException error = Assert.Throws<RaspException>(() => StepMap.Plan(numbers, numbers, x => x == 1));

        Assert.Contains("must be told apart", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, StepMap.Plan(numbers, numbers, x => 2).AtZero);
    }
}
