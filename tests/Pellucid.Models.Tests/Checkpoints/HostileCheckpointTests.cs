using System.Runtime.InteropServices;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints;

/// <summary>What a stranger's file can try. Weights are read only after the header was found to ask for exactly the file's bytes.</summary>
public sealed class HostileCheckpointTests
{
    /// <summary>A message and a stack trace; a reader that trusted a header would take its megabytes.</summary>
    private const long MostAllocated = 64 << 10;

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 1, 1, int.MaxValue, int.MaxValue)]
    [InlineData(1 << 20, 1 << 22, 1024, 1, 1, 1 << 24, 1 << 24)]
    [InlineData(65536, 65536, 1024, 2, 1, -65536, 65536)]
    [InlineData(16, 20, 2, 4, 2, int.MinValue, 12)]
    [InlineData(-16, 20, 2, 4, 2, 23, 12)]
    [InlineData(16, -20, 2, 4, 2, 23, 12)]
    [InlineData(16, 20, -2, 4, 2, 23, 12)]
    [InlineData(16, 20, 2, -4, 2, 23, 12)]
    [InlineData(16, 20, 2, 4, -2, 23, 12)]
    [InlineData(16, 20, 2, 4, 2, 23, -12)]
    [InlineData(16, 20, 2, 4, 2, 0, 12)]
    [InlineData(0, 0, 0, 0, 0, 0, 0)]
    [InlineData(16, 20, 2, 0, 0, 23, 12)]
    [InlineData(16, 20, 2, 5, 1, 23, 12)]
    [InlineData(16, 20, 2, 4, 3, 23, 12)]
    [InlineData(16, 20, 2, 16, 4, 23, 12)]
    [InlineData(16, 20, 2, 4, 2, -23, 12)]
    [InlineData(16, 20, 3, 4, 2, 23, 12)]
    [InlineData(16, 20, 2, 4, 2, 23, 13)]
    public void ReadConfig_LyingHeader_IsRefusedWithoutAllocating(params int[] header)
    {
        byte[] bytes = new TinyCheckpoint().Bytes;
        MemoryMarshal.AsBytes<int>(header).CopyTo(bytes);
        Refused(bytes);
    }

    [Fact]
    public void ReadConfig_EveryTruncation_IsRefusedWithoutAllocating()
    {
        byte[] whole = new TinyCheckpoint(layers: 1, dim: 8, hidden: 8, heads: 2, keyHeads: 1, vocabulary: 8, context: 4).Bytes;
        using Model opened = TinyCheckpoint.Open(whole);
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public void ReadConfig_BytesLeftOver_IsRefused(int more) => Refused([.. new TinyCheckpoint().Bytes, .. new byte[more]]);

    [Fact]
    public void ReadConfig_RandomBytes_IsRefusedWithoutAllocating()
    {
        SeededRandom random = new(11);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.NextInt(400)];
            for (int i = 0; i < bytes.Length; i++)
            {
                // Small numbers get further into the checks than random ones.
                bytes[i] = round % 2 == 0 ? (byte)random.NextInt(256) : (byte)(i % 4 == 0 ? random.NextInt(9) : 0);
            }

            Refused(bytes);
        }
    }

    [Fact]
    public void ReadConfig_PipeOfUnknownLength_IsRefused()
    {
        using MemoryStream inner = new(new TinyCheckpoint().Bytes);
        using System.IO.Compression.DeflateStream pipe = new(inner, System.IO.Compression.CompressionMode.Decompress);
        Close.IsOneLine(Assert.Throws<BadFileException>(() => Llama2CReader.ReadConfig("pipe", pipe)));
    }

    private static void Refused(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        BadFileException? error = null;
        try
        {
            Llama2CReader.ReadConfig("bad.bin", stream);
        }
        catch (BadFileException caught)
        {
            error = caught;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        Assert.NotNull(error);
        Assert.StartsWith("bad.bin: ", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }
}
