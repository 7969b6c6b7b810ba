using Pellucid.Models.Tests.Checkpoints.Pickles;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Folders;

/// <summary>Checkpoints of TransformerLens as torch.save leaves a state dictionary: its names, in a .pt or .pth file with the config beside it.</summary>
public sealed class PickledFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.pt", true)]
    [InlineData("model_final.pth", true)]
    [InlineData("pytorch_model.bin", true)]
    [InlineData("model_final.pth", false)]
    public async Task OpenAsync_StateDictionary_IsTheSameModel(string name, bool byFolder)
    {
        Write(name);
        using Model expected = await Model.OpenAsync(Golden.Path("transformerlens-gpt2"), TestContext.Current.CancellationToken);
        using Model met = await Model.OpenAsync(byFolder ? _folder.Path : _folder.File(name), TestContext.Current.CancellationToken);
        Assert.Equal(expected.Hash, met.Hash);
        using Run run = expected.Run(TokenBatch.Of([1, 2, 3])), again = met.Run(TokenBatch.Of([1, 2, 3]));
        Assert.Equal(run.Logits.ToArray(), again.Logits.ToArray());
    }

    [Fact]
    public async Task OpenAsync_HuggingFaceNames_AreReadByTheConfigToo()
    {
        File.Copy(Golden.Path("huggingface/gpt2-bin/config.json"), _folder.File("config.json"));
        File.Copy(Golden.Path("huggingface/gpt2-bin/pytorch_model.bin"), _folder.File("weights.pt"));
        using Model expected = await Model.OpenAsync(Golden.Path("huggingface/gpt2-bin"), TestContext.Current.CancellationToken);
        using Model met = await Model.OpenAsync(_folder.File("weights.pt"), TestContext.Current.CancellationToken);
        Assert.Equal(expected.Hash, met.Hash);
    }

    [Fact]
    public void OpenAsync_NoConfigOrSeveralFiles_SaysWhatIsMissing()
    {
        Write("model.pt");
        Write("other.pth");
        Refused(_folder.Path, "2 files of arrays");
        File.Delete(_folder.File("config.json"));
        Refused(_folder.File("model.pt"), "no config.json beside it");
    }

    private static void Refused(string path, string part)
    {
        BadFileException error = Assert.Throws<BadFileException>(() => ModelRegistry.Open(path));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    private void Write(string name)
    {
        File.Copy(Golden.Path("transformerlens-gpt2/config.json"), _folder.File("config.json"), overwrite: true);
        using SafetensorsFile arrays = SafetensorsFile.Open(Golden.Path("transformerlens-gpt2/model.safetensors"));
        List<(string, byte[])> storages = [];
        byte[] pickle = TinyPickle.Dictionary(dictionary =>
        {
            foreach (string array in arrays.Entries.Keys)
            {
                using Tensor values = arrays.Read(array).To(DType.F32);
                long[] sizes = [.. values.Shape.Sizes.ToArray()], strides = [.. sizes.Select((_, axis) => sizes.Skip(axis + 1).Aggregate(1L, (all, size) => all * size))];
                dictionary.Text(array).Tensor("FloatStorage", $"{storages.Count}", values.Shape.Count, 0, sizes, strides);
                storages.Add(($"{storages.Count}", TinyPickle.Singles(values.ToArray())));
            }
        });
        _folder.Write(name, TinyPickle.Zip(pickle, [.. storages]));
    }
}
