using Pellucid.Models.Checkpoints;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints;

/// <summary>Safetensors and llama2.c checkpoints with damage of every kind.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_DamagedFiles_AreRefusedOrRead()
    {
        using Tensor a = Tensor.From([1f, 2, 3, 4], new Shape(2, 2)), b = Tensor.From<int>([5, 6, 7], new Shape(3));
        SafetensorsFile.Write(_folder.File("a.safetensors"), [new("a", a), new("b", b)], new Dictionary<string, string> { ["k"] = "v" });
        byte[] whole = File.ReadAllBytes(_folder.File("a.safetensors"));
        HostileFiles.EveryTruncation(whole, ReadSafetensors);
        Assert.InRange(HostileFiles.Corruptions(whole, ReadSafetensors, seed: 21), 5000, 9999);
    }

    [Fact]
    public void Llama2C_DamagedFiles_AreRefusedOrRead()
    {
        byte[] whole = new TinyCheckpoint(layers: 1, dim: 4, hidden: 4, heads: 2, keyHeads: 1, vocabulary: 4, context: 4).Bytes;
        HostileFiles.EveryTruncation(whole, ReadLlama2C);
        Assert.InRange(HostileFiles.Corruptions(whole, ReadLlama2C, seed: 22), 2000, 9999);
    }

    private void ReadSafetensors(byte[] bytes)
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Write("damaged.safetensors", bytes));
        foreach (string name in file.Entries.Keys)
        {
            file.Read(name).Dispose();
        }
    }

    private static void ReadLlama2C(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        ModelConfig config = Llama2CReader.ReadConfig("damaged.bin", stream);
        Llama2CReader.ReadWeights(config, stream).Dispose();
    }
}
