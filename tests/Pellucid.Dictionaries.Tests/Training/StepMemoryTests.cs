using Pellucid.Dictionaries.Training;

namespace Pellucid.Dictionaries.Tests.Training;

/// <summary>A step allocates nothing on the managed heap, on any thread, once it has run a few times: everything that it needs is kept.</summary>
[Collection(nameof(Alone))]
public sealed class StepMemoryTests
{
    private const int Width = 70;
    private const int Latents = 500;
    private const int Rows = 300;
    private const int Warm = 5;
    private const int Measured = 20;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void TopKStep_Warm_AllocatesNothing(bool screened, bool ofWholeBatch)
    {
        using TopKParameters parameters = TopKParameters.Initial(Latents, new float[Width], 3);
        for (int latent = 0; latent < Latents; latent += 5)
        {
            parameters.SinceFired[latent] = 100_000; // so that some are dead and the auxiliary loss runs
            parameters.EncoderBias.Value.AsSpan()[latent] = -100;
        }

        StepOptions options = new() { K = 8, AuxK = 16, DeadAfterTokens = 50_000, ClipNorm = 1, Screened = screened, OfWholeBatch = ofWholeBatch, PostponeUpdates = screened };
        using TopKStep step = new(parameters, options);
        using Tensor x = PlantedData.Normal(Rows, Width, 5, 1);
        StepMeasures last = default;
        Assert.Equal(0, AllocatedBy(number =>
        {
            last = step.ComputeGradients(x);
            step.Update(1e-3, number);
        }));
        Assert.Equal(Latents / 5, last.Dead);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2.5f)]
    public void ReluStep_Warm_AllocatesNothing(float shift)
    {
        using TopKParameters parameters = TopKParameters.Initial(Latents, new float[Width], 3);
        parameters.EncoderBias.Value.AsSpan().Fill(shift);
        using ReluStep step = new(parameters, 1e-3, new StepOptions { K = 1, ClipNorm = 1 });
        using Tensor x = PlantedData.Normal(Rows, Width, 5, 1);
        Assert.Equal(0, AllocatedBy(number =>
        {
            step.ComputeGradients(x);
            step.Update(1e-5, number); // so slow that the active latents stay nearly the same and no list has to grow
        }));
    }

    /// <summary>The least of three runs of twenty steps: a worker may come to its first part of some kernel late, and then makes room of its own.</summary>
    private static long AllocatedBy(Action<long> step)
    {
        long number = 0, least = long.MaxValue;
        while (number < Warm)
        {
            step(++number);
        }

        for (int run = 0; run < 3; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Measured; i++)
            {
                step(++number);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
