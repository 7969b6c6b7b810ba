using System.Buffers.Binary;
using System.Diagnostics;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints;

/// <summary>
/// Damages a small file and holds its reader to what a reader of strangers' files owes: a <see cref="BadFileException"/> of one line or a load,
/// within a second, and with no more memory than four times the file beside a fixed allowance for messages, stack traces and streams. The
/// damage follows from the seed and the round alone, both of which the failure names.
/// </summary>
internal static class HostileFiles
{
    /// <summary>An error with its stack trace and an open stream; what a header claims falsely is made far larger than this.</summary>
    internal const long Allowance = 256 << 10;

    private const int SmallStack = 512 << 10;

    private static readonly long[] Extremes = [0, 1, -1, 127, 128, 255, 0x7FFF, 0xFFFF, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    /// <summary>Reads the whole file, which must load, and then every beginning of it, each of which must be refused.</summary>
    /// <param name="whole">A file of a few kilobytes at most.</param>
    /// <param name="read">Reads all that there is to read of these bytes on the thread that calls it.</param>
    /// <param name="needless">Bytes at its end without which it is the same file still, as the line end of a JSON text.</param>
    /// <param name="allowance">Managed bytes and bytes of arrays beside four times the file.</param>
    internal static void EveryTruncation(byte[] whole, Action<byte[]> read, int needless = 0, long allowance = Allowance) => OnSmallStack("truncations", () =>
    {
        Assert.Null(ErrorOf(whole, read, allowance, "the whole file"));
        for (int length = 0; length < whole.Length - needless; length++)
        {
            string what = $"the first {length} of {whole.Length} bytes";
            Assert.True(ErrorOf(whole[..length], read, allowance, what) is not null, $"{what} were read without an error");
        }
    });

    /// <summary>Reads every beginning of a file whose lines stand for themselves, so that some of them are files too.</summary>
    /// <param name="whole">A file of a few kilobytes at most.</param>
    /// <param name="read">Reads all that there is to read of these bytes on the thread that calls it.</param>
    /// <returns>How many beginnings were refused; the rest loaded.</returns>
    internal static int Beginnings(byte[] whole, Action<byte[]> read)
    {
        int refused = 0;
        OnSmallStack("beginnings", () => refused = Enumerable.Range(0, whole.Length)
            .Count(length => ErrorOf(whole[..length], read, what: $"the first {length} of {whole.Length} bytes") is not null));
        return refused;
    }

    /// <summary>Reads damaged copies of a file.</summary>
    /// <param name="whole">A file of a few kilobytes at most.</param>
    /// <param name="read">Reads all that there is to read of these bytes on the thread that calls it.</param>
    /// <param name="seed">The seed of the damage.</param>
    /// <param name="rounds">How many copies.</param>
    /// <param name="allowance">Managed bytes and bytes of arrays beside four times the file.</param>
    /// <returns>How many copies were refused; the rest loaded.</returns>
    internal static int Corruptions(byte[] whole, Action<byte[]> read, long seed, int rounds = 10_000, long allowance = Allowance)
    {
        int refused = 0;
        OnSmallStack("corruptions", () =>
        {
            for (int round = 0; round < rounds; round++)
            {
                byte[] damaged = Damaged(whole, new SeededRandom(seed, round));
                refused += ErrorOf(damaged, read, allowance, $"seed {seed}, round {round}") is null ? 0 : 1;
            }
        });
        return refused;
    }

    /// <summary>Reads one file from a stranger within the limits; the error that refused it, or null where it loaded.</summary>
    internal static BadFileException? ErrorOf(byte[] bytes, Action<byte[]> read, long allowance = Allowance, string what = "the file")
    {
        BadFileException? error = null;
        long most = (4L * bytes.Length) + allowance;
        for (int attempt = 1; ; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Stopwatch watch = Stopwatch.StartNew();
            long arrays = ComputeMemory.Measure(() => error = Caught(bytes, read, what));
            TimeSpan taken = watch.Elapsed;
            long managed = GC.GetAllocatedBytesForCurrentThread() - before;
            if ((managed > most || taken > TimeSpan.FromSeconds(1)) && attempt == 1)
            {
                continue; // code that is compiled at its first use, or a busy machine; a claim that is believed is believed twice
            }

            Assert.True(managed <= most && arrays <= most, $"{what}: {managed} managed bytes and {arrays} of arrays were taken for a file of {bytes.Length}");
            Assert.True(taken <= TimeSpan.FromSeconds(1), $"{what}: took {taken.TotalSeconds:F1} s");
            return error;
        }
    }

    private static BadFileException? Caught(byte[] bytes, Action<byte[]> read, string what)
    {
        try
        {
            read(bytes);
            return null;
        }
        catch (BadFileException error)
        {
            Close.IsOneLine(error);
            Assert.True(error.Message.Length < 1000, $"{what}: a message of {error.Message.Length} characters");
            return error;
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {error}");
            throw;
        }
    }

    /// <summary>One to three changes: bytes at random, a number that readers stumble over, a part cut out, doubled or moved.</summary>
    private static byte[] Damaged(byte[] whole, SeededRandom random)
    {
        List<byte> bytes = [.. whole];
        for (int changes = 1 + random.NextInt(3); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.NextInt(bytes.Count), length = 1 + random.NextInt(Math.Min(16, bytes.Count - at));
            switch (random.NextInt(8))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(random.NextInt(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 2:
                    Overwrite(bytes, at, [.. bytes.Skip(random.NextInt(bytes.Count)).Take(length)]);
                    break;
                case 3 or 4:
                    byte[] number = new byte[sizeof(long)];
                    BinaryPrimitives.WriteInt64LittleEndian(number, Extremes[random.NextInt(Extremes.Length)]);
                    Overwrite(bytes, at, number[..(1 << random.NextInt(4))]);
                    break;
                default:
                    bytes[at] = (byte)random.NextInt(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] values)
    {
        for (int i = 0; i < values.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = values[i];
        }
    }

    /// <summary>Runs on a thread with a stack as small as some systems give, so that unbounded recursion shows, and gives up after two minutes.</summary>
    private static void OnSmallStack(string what, Action work)
    {
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(work), SmallStack) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromMinutes(2)), $"{what}: a reader hangs");
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
