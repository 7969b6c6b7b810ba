using System.Text;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Pickles;
using Pellucid.Models.Tests.Checkpoints.Pickles;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints;

/// <summary>Checkpoints in several files.</summary>
public sealed class ShardedArraysTests : IDisposable
{
    private const string Index = """{"metadata":{"total_size":32},"weight_map":{"w":"pytorch_model-00001-of-00002.bin","v":"pytorch_model-00002-of-00002.bin"}}""";

    private readonly TemporaryFolder _folder = new();

    public ShardedArraysTests()
    {
        _folder.Write("pytorch_model-00001-of-00002.bin", TinyPickle.Zip(TinyPickle.OneTensor(), ("0", TinyPickle.Singles(1, 2, 3, 4))));
        byte[] second = TinyPickle.Dictionary(pickle => pickle.Text("v").Tensor("FloatStorage", "0", 4, 0, [2, 2], [1, 2]).Text("x").Tensor("FloatStorage", "0", 4, 0, [4], [1]));
        _folder.Write("pytorch_model-00002-of-00002.bin", TinyPickle.Legacy(second, ("0", [5, 6, 7, 8])));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenIndex_TwoFiles_ReadsFromEach()
    {
        using CheckpointArrays arrays = PickleArrays.OpenIndex(_folder.Write(PickleArrays.IndexName, Encoding.UTF8.GetBytes(Index)));
        Assert.Equal(["v", "w"], arrays.Shapes.Keys.Order(StringComparer.Ordinal)); // x is not in the index
        float[] row = new float[2], both = new float[4];
        arrays.ReadRows("w", 1, row);
        arrays.ReadRows("v", 0, both);
        Assert.Equal([3f, 4], row);
        Assert.Equal([5f, 7, 6, 8], both);
    }

    [Theory]
    [InlineData("../pytorch_model-00001-of-00002.bin")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("a/pytorch_model-00001-of-00002.bin")]
    [InlineData("..\\\\pytorch_model.bin")]
    [InlineData("C:pytorch_model.bin")]
    [InlineData("a\\u0000b")]
    public void OpenIndex_NameThatLeavesTheFolder_IsRefused(string name) => Refused($$$"""{"weight_map":{"w":"{{{name}}}"}}""", "no file of its folder");

    [Theory]
    [InlineData("""{"weight_map":{"w":7}}""", "no file of its folder")]
    [InlineData("""{"weight_map":{"w":"\ud800"}}""", "no text")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""{}""", "weight_map")]
    [InlineData("""{"weight_map":{"w":"none.bin"}}""", "none.bin")]
    [InlineData("""{"weight_map":{"other":"pytorch_model-00001-of-00002.bin"}}""", "does not have it")]
    [InlineData("""{"weight_map":{"w":"pytorch_model-00001-of-00002.bin","w":"pytorch_model-00001-of-00002.bin"}}""", "JSON")]
    public void OpenIndex_BadIndex_IsRefused(string text, string part) => Refused(text, part);

    [Fact]
    public void OpenIndex_DamagedIndex_IsRefusedOrRead()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Index);
        HostileFiles.EveryTruncation(whole, Read);
        Assert.InRange(HostileFiles.Corruptions(whole, Read, seed: 41), 5000, 9999);
    }

    private void Refused(string text, string part) =>
        Assert.Contains(part, Assert.Throws<BadFileException>(() => Read(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

    private void Read(byte[] bytes)
    {
        using CheckpointArrays arrays = PickleArrays.OpenIndex(_folder.Write(PickleArrays.IndexName, bytes));
        foreach ((string name, Shape shape) in arrays.Shapes)
        {
            arrays.ReadRows(name, 0, new float[shape.Count]);
        }
    }
}
