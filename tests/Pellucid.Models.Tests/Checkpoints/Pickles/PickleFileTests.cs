using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Pickles;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Checkpoints.Pickles;

/// <summary>Files of PyTorch itself, value by value.</summary>
public sealed class PickleFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("odd_zip.bin")]
    [InlineData("odd_zip_proto4.bin")]
    [InlineData("odd_legacy.bin")]
    [InlineData("odd_nested_zip.bin")]
    public void Open_TensorsOfEveryKind_AreReadToTheBit(string name)
    {
        using PickleFile file = PickleFile.Open(Golden.Path($"pickle-odd/{name}"));
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllText(Golden.Path("pickle-odd/golden.json")));
        Dictionary<string, (string Type, int[] Shape, float[] Values)> expected = Expected();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string tensor, (string type, int[] shape, float[] values)) in expected)
        {
            PickleTensor met = file[tensor];
            Assert.Equal(shape, met.Shape.Sizes.ToArray());
            Assert.Equal(type, met.Type.ToString().ToUpperInvariant());
            Assert.Equal(facts.RootElement.GetProperty("storage_offset").GetProperty(tensor).GetInt64(), met.Offset);
            Assert.Equal(facts.RootElement.GetProperty("strides").GetProperty(tensor).EnumerateArray().Select(stride => stride.GetInt64()), met.Strides.ToArray());
            using Tensor read = file.Read(met);
            Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), read.ToArray().Select(BitConverter.SingleToInt32Bits));
        }

        Assert.Same(file["transposed"].Storage, file["same_storage_row"].Storage);
    }

    [Theory]
    [InlineData("odd_zip.bin")]
    [InlineData("odd_legacy.bin")]
    public void ReadRows_OneByOne_AreThoseOfTheWhole(string name)
    {
        using CheckpointArrays arrays = PickleArrays.Open(Golden.Path($"pickle-odd/{name}"));
        foreach ((string tensor, (_, int[] shape, float[] values)) in Expected())
        {
            int rows = shape.Length < 2 ? 1 : shape[0], width = rows == 0 ? 0 : values.Length / rows;
            for (int row = rows - 1; row >= 0; row--) // backwards, so that no reader leans on the order
            {
                float[] read = new float[width];
                arrays.ReadRows(tensor, row, read);
                Close.Equal(values.AsSpan(row * width, width), read, 0, $"{tensor} row {row}");
            }
        }
    }

    [Fact]
    public void Root_PlainValues_AreThoseOfPython()
    {
        using PickleFile file = PickleFile.Open(Golden.Path("pickle-odd/odd_nested_zip.bin"));
        PickleDictionary root = Assert.IsType<PickleDictionary>(file.Root);
        Assert.Equal(["model", "epoch", "lr", "name", "tags", "nested", "big", "neg", "shape", "dtype"], root.Select(entry => (string)entry.Key!));
        Assert.Equal((3L, 0.001, "run", BigInteger.Pow(2, 70), -5L), (root["epoch"], root["lr"], root["name"], root["big"], root["neg"]));
        Assert.True(root["tags"] is List<object?> and ["a", object?[] and ["b", null, true]], "tags");
        Assert.Equal(2, Assert.IsType<object?[]>(root["shape"]).Length);
        Assert.Equal(new PickleClass("torch", "float16"), root["dtype"]);
        Assert.Same(file["f32"], ((PickleDictionary)((PickleDictionary)root["nested"]!)["x"]!)["y"]);
        Assert.Contains("epoch", Assert.Throws<KeyNotFoundException>(() => root["none"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module_zip.pt", "")]
    [InlineData("module_legacy.pt", "")]
    [InlineData("module_protocol5.pt", "")]
    [InlineData("training.pt", "module.")]
    public void Open_StateOfAModule_IsFoundWhereverItLies(string name, string prefix)
    {
        using PickleFile file = PickleFile.Open(Golden.Path($"pickle-tiny/{name}"));
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllText(Golden.Path("pickle-tiny/golden.json")));
        Assert.Equal([$"{prefix}weight", $"{prefix}bias"], file.Tensors.Keys);
        using Tensor weight = file.Read(file[$"{prefix}weight"]);
        Assert.Equal(new Shape(2, 3), weight.Shape);
        Assert.Equal(facts.RootElement.GetProperty("weight").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => (float)value.GetDouble()), weight.ToArray());
    }

    [Fact]
    public void Open_OneTensorAlone_IsCalledTensor()
    {
        using PickleFile file = PickleFile.Open(Golden.Path("pickle-tiny/alone.pt"));
        Assert.Equal(new Shape(2), Assert.IsType<PickleTensor>(file.Root).Shape);
        Assert.Equal(["tensor"], file.Tensors.Keys);
    }

    [Fact]
    public void Open_SeveralPartsWithTensors_JoinsTheirKeys()
    {
        byte[] pickle = TinyPickle.Dictionary(root => root.Text("a").Code(PickleCode.EmptyDictionary).Text("b").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Code(PickleCode.SetItem)
            .Text("c").Code(PickleCode.EmptyDictionary).Number(7).Tensor("FloatStorage", "0", 2, 1, [], []).Code(PickleCode.SetItem));
        using PickleFile file = PickleFile.Open(_folder.Write("parts.pt", TinyPickle.Zip(pickle, ("0", TinyPickle.Singles(3, 4)))));
        Assert.Equal(["a.b", "c.7"], file.Tensors.Keys);
        using Tensor second = file.Read(file["c.7"]);
        Assert.Equal([4f], second.ToArray());
    }

    [Fact]
    public void Begins_FirstBytes_TellTorchFromOthers()
    {
        foreach (string name in (string[])["odd_zip.bin", "odd_legacy.bin"])
        {
            Assert.True(PickleFile.Begins(File.ReadAllBytes(Golden.Path($"pickle-odd/{name}")).AsSpan(0, 16)));
        }

        Assert.False(PickleFile.Begins(new TinyCheckpoint().Bytes.AsSpan(0, 16)));
        Assert.False(PickleFile.Begins([]));
    }

    /// <summary>The values of golden.safetensors as singles.</summary>
    private static Dictionary<string, (string Type, int[] Shape, float[] Values)> Expected()
    {
        byte[] bytes = File.ReadAllBytes(Golden.Path("pickle-odd/golden.safetensors"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(8, header));
        return document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").ToDictionary(entry => entry.Name, entry =>
        {
            string type = entry.Value.GetProperty("dtype").GetString()!;
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())], place = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            byte[] data = bytes[(8 + header + place[0])..(8 + header + place[1])];
            return (type, shape, Singles(type, data));
        });
    }

    private static float[] Singles(string type, byte[] data)
    {
        int size = type switch { "F64" or "I64" => 8, "F32" or "I32" => 4, "F16" or "BF16" or "I16" => 2, _ => 1 };
        return [.. data.Chunk(size).Select(value => type switch
        {
            "F64" => (float)BitConverter.ToDouble(value),
            "I64" => BitConverter.ToInt64(value),
            "F32" => BitConverter.ToSingle(value),
            "I32" => BitConverter.ToInt32(value),
            "F16" => (float)BitConverter.ToHalf(value),
            "BF16" => BitConverter.ToSingle([0, 0, .. value]),
            "I16" => BitConverter.ToInt16(value),
            "I8" => (sbyte)value[0],
            _ => (float)value[0],
        })];
    }
}
