using System.Buffers.Binary;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class HostileTokenizerTests
{
    private const int Vocabulary = 262;

    private static readonly byte[] Whole = TinyTokenizer.Write(TinyTokenizer.Pieces(" ", "a", "ab"));

    [Fact]
    public void Read_EveryTruncation_IsRefusedWithoutAllocatingMore()
    {
        Assert.Equal(Vocabulary, Llama2CTokenizerTests.Read(Whole, Vocabulary).Vocabulary);
        for (int length = 0; length < Whole.Length; length++)
        {
            Refused(Whole[..length], Vocabulary);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Read_BytesLeftOver_IsRefused(int more) => Refused([.. Whole, .. new byte[more]], Vocabulary);

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1 << 24)]
    [InlineData(Vocabulary + 1)]
    [InlineData(Vocabulary - 1)]
    public void Read_ForAnotherVocabulary_IsRefused(int vocabulary) => Refused(Whole, vocabulary);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 5)]
    [InlineData(8, -1)]
    [InlineData(8, int.MinValue)]
    [InlineData(8, int.MaxValue)]
    [InlineData(8, 4)]
    [InlineData(4, 0x7FC00000)]
    [InlineData(4, 0x7F800000)]
    public void Read_LyingNumber_IsRefused(int at, int value)
    {
        byte[] bytes = [.. Whole];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        Refused(bytes, Vocabulary);
    }

    [Fact]
    public void Read_RandomBytes_IsRefusedOrWorks()
    {
        SeededRandom random = new(3);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Whole];
            for (int change = 0; change < 3; change++)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            try
            {
                Llama2CTokenizer tokenizer = Llama2CTokenizerTests.Read(bytes, Vocabulary);
                _ = tokenizer.Decode(tokenizer.Encode("ab é<0x41>"));
            }
            catch (BadFileException error)
            {
                Close.IsOneLine(error);
            }
        }
    }

    [Fact]
    public void Read_ByteTokenThatIsNoByte_IsAPieceLikeAnyOther()
    {
        string[] pieces = TinyTokenizer.Pieces(" ");
        pieces[3 + 'Z'] = "<0xZZ>";
        Llama2CTokenizer tokenizer = Llama2CTokenizerTests.Read(TinyTokenizer.Write(pieces), pieces.Length);
        Assert.Equal("<0xZZ>", tokenizer.TokenText(3 + 'Z'));
        Assert.Contains(0, tokenizer.Encode("Z"));
    }

    private static void Refused(byte[] bytes, int vocabulary)
    {
        // Strings of two bytes a character with their headers, an array of scores, one of references: 16 for each of the file's bytes at most.
        long most = (64 << 10) + (16L * bytes.Length), before = GC.GetAllocatedBytesForCurrentThread();
        BadFileException? error = null;
        try
        {
            Llama2CTokenizerTests.Read(bytes, vocabulary);
        }
        catch (BadFileException caught)
        {
            error = caught;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        Assert.NotNull(error);
        Close.IsOneLine(error);
    }
}
