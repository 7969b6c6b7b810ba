using System.Buffers.Binary;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

public sealed class GgufFileTests
{
    [Theory]
    [InlineData(2u, 32)]
    [InlineData(3u, 32)]
    [InlineData(3u, 8)]
    [InlineData(3u, 4096)]
    public void Open_VersionsAndAlignments_AreRead(uint version, int alignment)
    {
        byte[] made = new GgufBytes { Version = version, Alignment = alignment }
            .With("whole", 7).With("text", "größer").With("flags", true, false).With("empty", System.Array.Empty<string>())
            .Add("long", GgufValueType.Int64, writer => writer.Write(-5L)).Add("double", GgufValueType.Float64, writer => writer.Write(0.25))
            .Add("byte", GgufValueType.Int8, writer => writer.Write((sbyte)-3)).Add("bytes", GgufValueType.Array, writer =>
            {
                writer.Write((uint)GgufValueType.UInt16);
                writer.Write(2L);
                writer.Write((ushort)65535);
                writer.Write((ushort)1);
            })
            .Array("vector", [3], [1, 2, 3]).Array("matrix", [2, 3], [4, 5, 6, 7, 8, 9]).Array("scalar", [], [10]).Array("cube", [2, 2, 1], [1, 2, 3, 4])
            .Made();
        InFile(made, file =>
        {
            GgufMetadata metadata = file.Metadata;
            Assert.Equal((7, "größer", -5, 0.25, -3), (metadata.Int32("whole"), metadata.Text("text"), metadata.Int32("long"), metadata.Number("double"), metadata.Number("byte")));
            Assert.Equal([1, 0], metadata.Int32s("flags", 2)!);
            Assert.Equal([65535, 1], metadata.Int32s("bytes", 2)!);
            Assert.Empty(metadata.Texts("empty", 0)!);
            Assert.Equal(new Shape(2, 3), file["matrix"].Shape);
            Assert.Equal([7, 8, 9], Rows(file, "matrix", 1, 3));
            Assert.Equal([1, 2, 3], Rows(file, "vector", 0, 3));
            Assert.Equal([10], Rows(file, "scalar", 0, 1));
            Assert.Equal([3, 4], Rows(file, "cube", 1, 2));
            Assert.Throws<PellucidException>(() => Rows(file, "matrix", 1, 6));
            Assert.Throws<PellucidException>(() => Rows(file, "matrix", 0, 2));
        });
    }

    [Fact]
    public void ReadRows_ArrayInManyParts_IsItsRows()
    {
        const int Rows = 300, Width = 512;
        byte[] blocks = new byte[Rows * Width / 256 * 66];
        SeededRandom random = new(3);
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = (byte)(i % 66 == 1 ? 0x2C : random.NextInt(256));
        }

        InFile(new GgufBytes().Array("long", [Rows, Width], GgufType.IQ2_XXS, blocks).Made(), file =>
        {
            float[] whole = new float[Rows * Width], row = new float[Width];
            file.ReadRows("long", 0, whole);
            for (int i = 0; i < Rows; i++)
            {
                file.ReadRows("long", i, row);
                Assert.Equal(row, whole[(i * Width)..((i + 1) * Width)]);
            }
        });
    }

    [Fact]
    public void Item_TypeThatCannotBeRead_IsRefusedByItsName()
    {
        byte[] made = new GgufBytes().Array("good", [32], new float[32]).Array("odd", [256], GgufType.IQ1_S, new byte[50]).Array("new", [256], (GgufType)77, new byte[50]).Made();
        InFile(made, file =>
        {
            using GgufArrays arrays = new(file);
            Assert.Equal(["good"], arrays.Shapes.Keys);
            Assert.Contains("IQ1_S", Assert.Throws<BadFileException>(() => arrays.ReadRows("odd", 0, new float[256])).Message, StringComparison.Ordinal);
            Assert.Contains("type 77", Assert.Throws<BadFileException>(() => file["new"]).Message, StringComparison.Ordinal);
            Close.IsOneLine(Assert.Throws<BadFileException>(() => file["absent"]));
        });
    }

    [Fact]
    public void Open_OtherVersionsAndByteOrders_AreRefused()
    {
        Assert.Contains("version is 1", Refused(new GgufBytes { Version = 1 }.Made()), StringComparison.Ordinal);
        Assert.Contains("version is 4", Refused(new GgufBytes { Version = 4 }.Made()), StringComparison.Ordinal);
        Assert.Contains("big-endian", Refused(new GgufBytes { Version = BinaryPrimitives.ReverseEndianness(3u) }.Made()), StringComparison.Ordinal);
        Assert.Contains("GGUF", Refused([.. "GGML"u8, 3, 0, 0, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LyingHeader_IsRefused()
    {
        Assert.Contains("array of arrays", Refused(new GgufBytes().Add("nested", GgufValueType.Array, writer =>
        {
            writer.Write((uint)GgufValueType.Array);
            writer.Write(1L << 40);
        }).Made()), StringComparison.Ordinal);
        Assert.Contains("claims", Refused(new GgufBytes().Add("many", GgufValueType.Array, writer =>
        {
            writer.Write((uint)GgufValueType.UInt8);
            writer.Write(-1L);
        }).Made()), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(new GgufBytes().With("a", 1).With("a", 2).Made()), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(new GgufBytes().Array("a", [8], new float[8]).Array("a", [8], new float[8]).Made()), StringComparison.Ordinal);
        Assert.Contains("2^40", Refused(new GgufBytes().Array("a", [1 << 20, 1 << 20, 2], new float[8]).Made()), StringComparison.Ordinal);
        Assert.Contains("axis of 0", Refused(new GgufBytes().Array("a", [4, 0], new float[8]).Made()), StringComparison.Ordinal);
        Assert.Contains("whole number", Refused(new GgufBytes().Array("a", [4, 48], GgufType.Q8_0, new byte[204]).Made()), StringComparison.Ordinal);
        Assert.Contains("needs 36 bytes", Refused(new GgufBytes().Array("a", [9], new float[8]).Made()), StringComparison.Ordinal);
        Assert.Contains("axes", Refused(new GgufBytes().Array("a", [1, 1, 1, 1, 1], new float[1]).Made()), StringComparison.Ordinal);
        Assert.Contains("within those", Refused(new GgufBytes().Array("a", [16], new float[8]).Array("b", [8], new float[8]).Made()), StringComparison.Ordinal);
        Assert.Contains("alignment", Refused(new GgufBytes { Alignment = 24 }.Made()), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoFile_IsOneError() => Close.IsOneLine(Assert.Throws<BadFileException>(() => GgufFile.Open("/nowhere/model.gguf")));

    private static string Refused(byte[] bytes)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("bad.gguf", bytes);
        BadFileException error = Assert.Throws<BadFileException>(() => GgufFile.Open(path));
        Close.IsOneLine(error);
        return error.Message;
    }

    private static void InFile(byte[] bytes, Action<GgufFile> use)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("made.gguf", bytes);
        using GgufFile file = GgufFile.Open(path);
        use(file);
    }

    private static float[] Rows(GgufFile file, string name, int first, int count)
    {
        float[] values = new float[count];
        file.ReadRows(name, first, values);
        return values;
    }
}
