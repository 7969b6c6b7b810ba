using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Models.Checkpoints.Gguf.Blocks;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>
/// Blocks that llama.cpp's own code made, and arbitrary ones, against the numbers that it makes of them: see goldens/gguf/make_blocks.py. All
/// comparisons are of bits: a value is one or two rounded operations, and the order of them is part of the format.
/// </summary>
public sealed class BlockFormatTests
{
    public static TheoryData<string> Types => new("F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ2_XXS", "IQ4_NL", "IQ4_XS");

    [Theory]
    [MemberData(nameof(Types))]
    public void ReadRows_BlocksOfLlamaCpp_AreItsNumbers(string type)
    {
        using GgufArrays arrays = new(GgufFile.Open(Golden.Path("gguf/blocks.gguf")));
        using SafetensorsFile golden = SafetensorsFile.Open(Golden.Path("gguf/blocks.safetensors"));
        using Tensor expected = golden.Read(type);
        Assert.Equal(expected.Shape, arrays.Shapes[type]);
        float[] values = new float[expected.Count];
        arrays.ReadRows(type, 0, values);
        Same(expected.AsSpan(), values);

        float[] last = new float[expected.Shape[1]];
        arrays.ReadRows(type, expected.Shape[0] - 1, last);
        Same(expected.AsSpan()[^last.Length..], last);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Decode_ArbitraryBytes_IsTheReferenceToTheBit(string type)
    {
        const int Blocks = 37;
        BlockFormat format = BlockFormat.Of(Enum.Parse<GgufType>(type))!;
        byte[] blocks = new byte[Blocks * format.Bytes];
        SeededRandom random = new(5);
        foreach (ref byte value in blocks.AsSpan())
        {
            value = (byte)random.NextInt(256);
        }

        float[] values = new float[Blocks * format.Values];
        format.Decode(blocks, values);
        for (int i = 0; i < values.Length; i++)
        {
            float expected = ReferenceBlocks.Value(format.Type, blocks.AsSpan(i / format.Values * format.Bytes, format.Bytes), i % format.Values);
            if (float.IsNaN(expected))
            {
                Assert.True(float.IsNaN(values[i]));
            }
            else
            {
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(values[i]));
            }
        }
    }

    [Fact]
    public void ReadBlocks_Row_IsWhatTheFileHas()
    {
        using GgufFile file = GgufFile.Open(Golden.Path("gguf/blocks.gguf"));
        GgufTensor tensor = file["Q4_K"];
        Assert.Equal(144, tensor.Format!.Bytes);
        byte[] row = new byte[tensor.Format.Bytes];
        file.ReadBlocks("Q4_K", 2, row);
        Assert.Equal(File.ReadAllBytes(Golden.Path("gguf/blocks.gguf")).AsSpan((int)tensor.Start + (2 * row.Length), row.Length).ToArray(), row);
        float[] values = new float[256], read = new float[256];
        tensor.Format.Decode(row, values);
        file.ReadRows("Q4_K", 2, read);
        Same(read, values);
    }

    [Fact]
    public void Metadata_OfTheGolden_IsRead()
    {
        using GgufFile file = GgufFile.Open(Golden.Path("gguf/blocks.gguf"));
        Assert.Equal("none", file.Metadata.Text("general.architecture"));
        Assert.Equal(64, file.Metadata.Int32("general.alignment"));
        Assert.Equal(["llama.cpp", "v0.5.0"], file.Metadata.Texts("made.with", 2)!);
        Assert.Null(file.Metadata.Text("general.name"));
        Close.IsOneLine(Assert.Throws<BadFileException>(() => file.Metadata.Int32("general.architecture")));
        Close.IsOneLine(Assert.Throws<BadFileException>(() => file.Metadata.Texts("made.with", 1)));
    }

    private static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> values)
    {
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(values[i]));
        }
    }
}
