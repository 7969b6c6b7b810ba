using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void For_ManyJobs_RunsEveryPartOnce(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int job = 0; job < 300; job++)
        {
            int parts = job % 37;
            int[] calls = new int[parts];
            pool.For(parts, calls, static (part, state) => Interlocked.Increment(ref state[part]));
            Assert.All(calls, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void ComputeThreadsFor_NestedFromManyThreads_RunsEveryPartOnce()
    {
        int[] calls = new int[64];
        Parallel.For(0, 8, outer => ComputeThreads.For(8, (calls, outer), static (part, state) =>
            ComputeThreads.For(3, (state.calls, At: (state.outer * 8) + part), static (_, inner) => Interlocked.Increment(ref inner.calls[inner.At]))));
        Assert.All(calls, count => Assert.Equal(3, count));
        ComputeThreads.For(0, 0, static (_, _) => Assert.Fail("there is no part"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ComputeThreads.For(-1, 0, static (_, _) => { }));
    }

    [Fact]
    public void For_AfterWorkersFellAsleep_StillUsesThem()
    {
        using WorkerPool pool = new(2);
        HashSet<int> threads = [];
        for (int job = 0; job < 3; job++)
        {
            Thread.Sleep(20);

            // Each part waits for the other, so that one thread alone could never end the job.
            using Barrier meeting = new(2);
            pool.For(2, (meeting, threads), static (_, state) =>
            {
                Assert.True(state.meeting.SignalAndWait(TimeSpan.FromSeconds(20)));
                lock (state.threads)
                {
                    state.threads.Add(Environment.CurrentManagedThreadId);
                }
            });
        }

        Assert.True(threads.Count >= 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void For_PartThrows_ThrowsItAndServesTheNextJob(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int trial = 0; trial < 20; trial++)
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => pool.For(50, 0, static (part, _) =>
            {
                if (part == 20)
                {
                    throw new InvalidOperationException("part 20");
                }
            }));
            Assert.Equal("part 20", error.Message);
        }

        int[] calls = new int[10];
        pool.For(10, calls, static (part, state) => state[part]++);
        Assert.All(calls, count => Assert.Equal(1, count));
    }

    [Fact]
    public void For_InsideAPart_RunsInline()
    {
        using WorkerPool pool = new(3);
        int total = 0;
        pool.For(8, pool, (_, inner) => inner.For(8, 0, (_, _) => Interlocked.Increment(ref total)));
        Assert.Equal(64, total);
    }

    [Fact]
    public void For_ManyCallersAtOnce_AllEnd()
    {
        using WorkerPool pool = new(3);
        int total = 0;
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int job = 0; job < 200; job++)
            {
                pool.For(16, 0, (_, _) => Interlocked.Increment(ref total));
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(4 * 200 * 16, total);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("16", 16)]
    public void ParseCount_Number_IsTaken(string value, int expected) => Assert.Equal(expected, Workers.ParseCount(value));

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("many")]
    [InlineData("1025")]
    [InlineData("2.5")]
    public void ParseCount_Other_IsRefusedByValue(string value) =>
        Assert.Contains($"'{value}'", Assert.Throws<PellucidException>(() => Workers.ParseCount(value)).Message);

    [Fact]
    public void Count_ByDefault_IsAtLeastOne() => Assert.InRange(ComputeThreads.Count, 1, 1024);
}
