using System.Text.Json;
using Pellucid.Models.Tests.Networks;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Folders;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => [.. Configs.Keys];

    /// <summary>Networks of every fact: norms, positions, directions, scales, heads, gates, biases, outputs, ties.</summary>
    internal static Dictionary<string, ModelConfig> Configs { get; } = new()
    {
        ["tiny"] = PlainNetworkTests.Tiny,
        ["odd"] = PlainNetworkTests.Odd,
        ["as many outputs as tokens"] = PlainNetworkTests.Odd with { OutputVocabulary = 7 },
        ["tied"] = PlainNetworkTests.Odd with { OutputVocabulary = null, TiedEmbedding = true, IsCausal = true },
        ["llama"] = new()
        {
            Architecture = "llama",
            Layers = 2,
            DModel = 12,
            Heads = 4,
            KeyHeads = 2,
            DHead = 6,
            DMlp = 9,
            Vocabulary = 11,
            Context = 7,
            NormEpsilon = 3.1e-6f,
            RotaryBase = 500_000.25,
            AttentionScale = 0.3f,
            TiedEmbedding = false,
            BosId = 1,
            StopIds = [1, 2],
        },
        ["gated with biases"] = PlainNetworkTests.Tiny with { GatedMlp = true, MlpActivation = Activation.Gelu, OutputVocabulary = null, BosId = 0 },
        ["gpt2"] = ModelConfig.Gpt2Small with { Layers = 2, DModel = 12, Heads = 3, KeyHeads = 3, DHead = 4, DMlp = 20, Vocabulary = 13, Context = 8 },
        ["layer norm, no function"] = PlainNetworkTests.Tiny with { Norm = NormKind.Layer, MlpActivation = Activation.None, Architecture = "" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task SaveAsync_OpenedAgain_IsTheSameToTheBit(string kind)
    {
        ModelConfig config = Configs[kind];
        using Model model = Model.Random(config, 3);
        await model.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
        Assert.Equal(config.StopIds, again.Config.StopIds);
        Assert.Equal(config with { Architecture = kind.StartsWith("layer", StringComparison.Ordinal) ? "custom" : config.Architecture }, again.Config with { StopIds = config.StopIds, AttentionScale = config.AttentionScale });
        Assert.Equal((model.Hash, _folder.File("saved")), (again.Hash, again.Name));
        using ModelParameters before = model.CopyParameters(), after = again.CopyParameters();
        Assert.All(before.Table.Points, point => Assert.Equal(before[point.Name].ToArray(), after[point.Name].ToArray()));
        TokenBatch tokens = TokenBatch.Of([0, 5, 2, 1]);
        using Run expected = model.Run(tokens), met = again.Run(tokens);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
    }

    [Fact]
    public async Task SaveAsync_Stories260k_OpensWithItsTokenizerAndTheSameLogits()
    {
        await Stories.Model260K.SaveAsync(_folder.File("stories"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("stories"), TestContext.Current.CancellationToken);
        const string Text = "Once upon a time, Zoë saw 3 birds.";
        Assert.Equal(Stories.Model260K.Tokenize(Text), again.Tokenize(Text));
        using Run expected = Stories.Model260K.Run(Text), met = again.Run(Text);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
        Assert.Equal(Stories.Model260K.Generate("Once", new() { MaxTokens = 20 }).Text, again.Generate("Once", new() { MaxTokens = 20 }).Text);
        using Model own = Rebuilt(Stories.Model260K);
        Assert.Equal(own.Hash, again.Hash); // that of its facts and parameters, no more the checkpoint's
    }

    [Fact]
    public async Task OpenAsync_SavedRoundedOrOpenedSo_HasTheSameParameters()
    {
        using ModelParameters parameters = ModelParameters.Random(Configs["llama"], 4);
        using Model rounded = parameters.ToModel("rounded", new() { WeightStorage = DType.BF16 }), whole = parameters.ToModel();
        await rounded.SaveAsync(_folder.File("rounded"), cancellationToken: TestContext.Current.CancellationToken);
        await whole.SaveAsync(_folder.File("whole"), cancellationToken: TestContext.Current.CancellationToken);
        foreach (string name in (string[])["rounded", "whole"])
        {
            using Model again = await Model.OpenAsync(_folder.File(name), new OpenOptions { WeightStorage = DType.BF16 }, TestContext.Current.CancellationToken);
            Assert.Equal((rounded.Hash, DType.BF16), (again.Hash, again.WeightStorage));
        }

        Assert.NotEqual(whole.Hash, rounded.Hash);
    }

    [Fact]
    public async Task SaveAsync_OfWords_IsTheReadmesExample()
    {
        using ModelParameters parameters = ModelParameters.Random(PlainNetworkTests.Tiny, 1);
        using Model model = parameters.ToModel("reverse", new() { Tokenizer = WordTokenizer.Of(["BOS", "PAD", "a", "b", "\"é", "😀"]) });
        await model.SaveAsync(_folder.File("out/reverse"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("out/reverse"), TestContext.Current.CancellationToken);
        Assert.Equal([0, 3, 2, 4, 5], again.Tokenize("BOS b\ta  \"é 😀"));
        Assert.Equal(((WordTokenizer)model.Tokenizer!).Words, ((WordTokenizer)again.Tokenizer!).Words);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Names("out/reverse"));
        Assert.Equal(["reverse"], Directory.EnumerateFileSystemEntries(_folder.File("out")).Select(Path.GetFileName)); // nothing is left beside it
        foreach (string part in (string[])["config.json", "model.safetensors"])
        {
            using Model byPart = await Model.OpenAsync(Path.Combine(_folder.File("out/reverse"), part), TestContext.Current.CancellationToken);
            Assert.Equal(model.Hash, byPart.Hash);
        }
    }

    [Fact]
    public async Task SaveAsync_SameModelTwice_WritesTheSameBytes()
    {
        using Model model = Model.Random(Configs["llama"], 3);
        await model.SaveAsync(_folder.File("a"), cancellationToken: TestContext.Current.CancellationToken);
        await model.SaveAsync(_folder.File("b"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(Names("a"), name => Assert.Equal(File.ReadAllBytes(_folder.File("a/" + name)), File.ReadAllBytes(_folder.File("b/" + name))));
    }

    [Fact]
    public async Task SaveAsync_FolderWithAModel_IsRefusedUnlessTold()
    {
        using Model first = Model.Random(Configs["tiny"], 1), second = Model.Random(Configs["llama"], 2);
        string folder = _folder.File("model");
        Directory.CreateDirectory(folder);
        _folder.Write("model/truth.json", "{}"u8);
        using (ModelParameters parameters = first.CopyParameters())
        using (Model named = parameters.ToModel("named", new() { Tokenizer = WordTokenizer.Of(["a", "b"]) }))
        {
            await named.SaveAsync(folder, cancellationToken: TestContext.Current.CancellationToken);
        }

        byte[] config = File.ReadAllBytes(_folder.File("model/config.json"));
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => second.SaveAsync(folder, cancellationToken: TestContext.Current.CancellationToken));
        Close.IsOneLine(error);
        Assert.Contains("overwritten", error.Message, StringComparison.Ordinal);
        Assert.Equal(config, File.ReadAllBytes(_folder.File("model/config.json")));
        await second.SaveAsync(folder, overwrite: true, TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
        Assert.Equal((second.Hash, (Tokenizer?)null), (again.Hash, again.Tokenizer)); // the tokenizer of the model before is gone with it
        Assert.Equal(["config.json", "model.safetensors", "truth.json"], Names("model"));
    }

    [Fact]
    public async Task SaveAsync_AfterASaveThatWasKilled_TakesNothingOfIt()
    {
        Directory.CreateDirectory(_folder.File("model.partial"));
        _folder.Write("model.partial/tokenizer.json", "{"u8);
        _folder.Write("model.partial/model.safetensors.partial", [1, 2, 3]);
        using Model model = Model.Random(Configs["tiny"], 1);
        await model.SaveAsync(_folder.File("model"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["config.json", "model.safetensors"], Names("model"));
        Assert.Equal(["model"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task SaveAsync_Stopped_LeavesNothing()
    {
        using Model model = Model.Random(Configs["tiny"], 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.SaveAsync(_folder.File("model"), cancellationToken: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task SaveAsync_ModelWithInterventions_IsRefused()
    {
        using Model model = Model.Random(Configs["tiny"], 1);
        Model changed = model.With(Intervention.Zero(Hook.AttnOut(0)));
        Close.IsOneLine(await Assert.ThrowsAsync<PellucidException>(() => changed.SaveAsync(_folder.File("no"), cancellationToken: TestContext.Current.CancellationToken)));
        Assert.False(Directory.Exists(_folder.File("no")));
    }

    [Fact]
    public async Task SaveAsync_OntoAFile_IsRefusedAndLeavesNothing()
    {
        using Model model = Model.Random(Configs["tiny"], 1);
        _folder.Write("file", [1]);
        Close.IsOneLine(await Assert.ThrowsAsync<BadFileException>(() => model.SaveAsync(_folder.File("file"), cancellationToken: TestContext.Current.CancellationToken)));
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task SaveAsync_Layout_IsTransformerLenss()
    {
        using Model model = Model.Random(Configs["llama"], 3);
        await model.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("saved/model.safetensors"));
        Assert.Equal([4, 12, 6], file["blocks.1.attn.W_Q"].Shape.Sizes);
        Assert.Equal([2, 12, 6], file["blocks.1.attn._W_K"].Shape.Sizes);
        Assert.Equal([4, 6, 12], file["blocks.1.attn.W_O"].Shape.Sizes);
        Assert.Equal([12, 11], file["unembed.W_U"].Shape.Sizes);
        using Tensor stored = file.Read("blocks.1.attn._W_V");
        using ModelParameters parameters = model.CopyParameters();
        Assert.Equal(parameters["blocks.1.attn.W_V"].Row(3)[(1 * 6) + 2], stored.AsSpan()[(1 * 12 * 6) + (3 * 6) + 2]); // head 1, input 3, output 2
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(_folder.File("saved/config.json")));
        Assert.Equal("RMS", config.RootElement.GetProperty("normalization_type").GetString());
        Assert.Equal(2, config.RootElement.GetProperty("n_key_value_heads").GetInt32());
        Assert.Equal("1,2", file.Metadata["eos_token_id"]);
    }

    [Fact]
    public async Task OpenAsync_TransformerLenssOwnFile_GivesItsLogits()
    {
        using Model model = await Model.OpenAsync(Golden.Path("transformerlens-gpt2"), TestContext.Current.CancellationToken);
        using SafetensorsFile golden = SafetensorsFile.Open(Golden.Path("transformerlens-gpt2/golden.safetensors"));
        using Tensor ids = golden.Read("ids"), logits = golden.Read("logits"), pattern = golden.Read("blocks.1.attn.hook_pattern");
        using Run run = model.Run(TokenBatch.From([.. ids.AsSpan<int>().ToArray().Chunk(ids.Shape[1])]), new RunOptions { Capture = Capture.Of(Hook.Pattern(1)) });
        Close.Equal(logits, run.Logits, 2e-5, "logits"); // its own float32 run differs by up to 5e-6
        Close.Equal(pattern, run[Hook.Pattern(1)], 2e-5, "pattern");
        Assert.True(model.Config is { AttentionBias: true, MlpBias: true, UnembeddingBias: true, OutputVocabulary: null, AttentionScale: null, BosId: null });
    }

    [Fact]
    public void Hash_AnotherFactWithTheSameParameters_IsAnother()
    {
        ModelConfig config = Configs["tied"];
        ModelConfig[] others =
        [
            config with { IsCausal = false }, config with { AttentionScale = 0.5f }, config with { MlpActivation = Activation.Silu },
            config with { OutputVocabulary = config.Vocabulary }, config with { NormEpsilon = 1 },
        ];
        using Model model = Model.Random(config, 1);
        Assert.All(others, other =>
        {
            using Model changed = Model.Random(other, 1);
            Assert.NotEqual(model.Hash, changed.Hash);
        });
    }

    [Fact]
    public void ToModel_TokenizerOfMoreTokensThanTheNetwork_IsRefused()
    {
        using ModelParameters parameters = ModelParameters.Random(Configs["tiny"], 1);
        Close.IsOneLine(Assert.Throws<PellucidException>(() => parameters.ToModel("x", new() { Tokenizer = WordTokenizer.Of(Enumerable.Range(0, 7).Select(id => $"{id}")) })));
    }

    private static Model Rebuilt(Model model)
    {
        using ModelParameters parameters = model.CopyParameters();
        return parameters.ToModel();
    }

    private IEnumerable<string?> Names(string folder) => Directory.EnumerateFiles(_folder.File(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
