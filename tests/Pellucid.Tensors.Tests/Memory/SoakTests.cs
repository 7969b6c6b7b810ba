using Pellucid.Bench.Soak;
using Pellucid.Models;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Memory;

/// <summary>The steps of the benchmark <c>soak-memory</c>, fewer of them and counted exactly.</summary>
[Collection(nameof(Alone))]
public sealed class SoakTests
{
    /// <summary>
    /// What a thread works with, and what objects are kept for the next step, is there once every kind of step has had every size; one thread alone
    /// takes all of it, so that none comes later.
    /// </summary>
    [Fact]
    public async Task MixedSteps_OnceWarm_LeaveNothingBehind()
    {
        using Model model = await Model.OpenAsync("stories260k", TestContext.Current.CancellationToken);
        using WorkerPool pool = new(1);
        using IDisposable use = Workers.Use(pool);
        using MixedSteps steps = new(model);
        for (int step = 0; step < MixedSteps.Period; step++)
        {
            steps.Take(step);
        }

        long managed = Settled(), native = ComputeMemory.Live;
        for (int step = MixedSteps.Period; step < 3 * MixedSteps.Period; step++)
        {
            steps.Take(step);
        }

        long afterwards = Settled();
        Assert.Equal(native, ComputeMemory.Live);
        Assert.InRange(afterwards - managed, long.MinValue, 64 << 10); // what the runtime itself keeps, of some hundred bytes a step at most
    }

    /// <summary>Bytes of the managed heap, once arrays that other tests have forgotten are gone.</summary>
    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(true);
    }
}
