using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Tests.Memory;

public sealed unsafe class BufferPoolTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Rent_AfterOtherSizesWereReturned_TakesTheirMemory()
    {
        BufferPool pool = new();
        NativeBuffer[] first = [.. Enumerable.Range(0, 6).Select(_ => pool.Rent(40 * Megabyte))];
        long held = pool.Live + pool.Kept;
        Array.ForEach(first, pool.Return);
        Assert.Equal(held, pool.Kept);
        NativeBuffer[] second = [.. Enumerable.Range(0, 12).Select(_ => pool.Rent(18 * Megabyte))];
        Assert.Equal(held, pool.Live + pool.Kept);
        Array.ForEach(second, pool.Return);
        NativeBuffer[] third = [.. Enumerable.Range(0, 6).Select(_ => pool.Rent(40 * Megabyte))];
        Assert.Equal(held, pool.Live + pool.Kept);
        Array.ForEach(third, pool.Return);
        Assert.Equal(0, pool.Live);
    }

    [Fact]
    public void Return_OfMoreThanIsKept_GivesItBackToTheSystem()
    {
        BufferPool pool = new();
        NativeBuffer[] blocks = [.. Enumerable.Range(0, 30).Select(_ => pool.Rent(100 * Megabyte))];
        long peak = pool.Peak;
        Array.ForEach(blocks, pool.Return);
        Assert.InRange(pool.Kept, peak, peak * 5 / 4);
        pool.ResetPeak();
        NativeBuffer one = pool.Rent(100 * Megabyte);
        pool.Return(one);
        Assert.InRange(pool.Kept, 0, 256 * Megabyte);
    }

    [Fact]
    public void Return_OfWhatIsUsedAgainAndAgain_GivesBackWhatIsNotFirst()
    {
        BufferPool pool = new();
        for (int size = 100; size <= 400; size += 20)
        {
            pool.Return(pool.Rent(size * Megabyte)); // each grows the peak and leaves a region too small for the next
        }

        NativeBuffer first = pool.Rent(500 * Megabyte);
        nint address = (nint)first.Pointer;
        pool.Return(first);
        NativeBuffer second = pool.Rent(500 * Megabyte);
        Assert.Equal(address, (nint)second.Pointer);
        Assert.InRange(pool.Kept, 0, 256 * Megabyte);
        pool.Return(second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rent_InAnyOrder_GivesBlocksOfTheirOwn(int seed)
    {
        BufferPool pool = new();
        Random random = new(seed);
        List<(NativeBuffer Buffer, long Bytes, byte Mark)> live = [];
        long expected = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (live.Count > 0 && random.Next(live.Count + 10) < live.Count)
            {
                int at = random.Next(live.Count);
                (NativeBuffer buffer, long bytes, byte mark) = live[at];
                live.RemoveAt(at);
                Assert.Equal((mark, mark, mark), (buffer.Pointer[0], buffer.Pointer[bytes / 2], buffer.Pointer[bytes - 1]));
                expected -= (long)buffer.Capacity;
                pool.Return(buffer);
            }
            else
            {
                long bytes = random.Next(2) == 0 ? random.Next(1, 3_000_000) : random.Next(1, 20_000_000);
                NativeBuffer buffer = pool.Rent(bytes);
                byte mark = (byte)i;
                Assert.Equal(0, (nint)buffer.Pointer % 64);
                Assert.True((long)buffer.Capacity >= bytes);
                buffer.Pointer[0] = buffer.Pointer[bytes / 2] = buffer.Pointer[bytes - 1] = mark;
                expected += (long)buffer.Capacity;
                live.Add((buffer, bytes, mark));
            }

            Assert.Equal(expected, pool.Live);
        }

        live.ForEach(block => pool.Return(block.Buffer));
        Assert.Equal(0, pool.Live);
        pool.Return(pool.Rent(pool.Kept / 2)); // what came back in pieces is whole again
    }

    [Fact]
    public void Rent_OnceWarm_AllocatesNothing()
    {
        BufferPool pool = new();
        long before = 0;
        for (int round = 0; round < 20; round++)
        {
            before = round == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            NativeBuffer small = pool.Rent(1000), large = pool.Rent(5 * Megabyte), other = pool.Rent((3 + (round % 2)) * Megabyte);
            pool.Return(large);
            pool.Return(small);
            pool.Return(other);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Rent_WithoutKeeping_GivesEverythingBack()
    {
        BufferPool pool = new(keeps: false);
        NativeBuffer small = pool.Rent(1000), large = pool.Rent(5 * Megabyte);
        pool.Return(small);
        pool.Return(large);
        Assert.Equal((0, 0), (pool.Live, pool.Kept));
    }

    [Fact]
    public void Finalizer_OfAForgottenBlock_GivesItBack()
    {
        BufferPool pool = new();
        Forget(pool);
        for (int i = 0; i < 20 && pool.Live > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, pool.Live);
        static void Forget(BufferPool pool) => _ = (pool.Rent(1000), pool.Rent(5 * Megabyte));
    }
}
