using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Cli.Tests.Verbs;

/// <summary>Folders that a model was saved to, opened by every verb that takes a model.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private static readonly ModelConfig BothWays = new()
    {
        Architecture = "plain",
        Layers = 2,
        DModel = 14,
        Heads = 1,
        KeyHeads = 1,
        DHead = 7,
        DMlp = 1,
        Vocabulary = 5,
        OutputVocabulary = 3,
        Context = 5,
        Norm = NormKind.None,
        PositionEmbedding = PositionKind.Learned,
        IsCausal = false,
        GatedMlp = false,
        MlpActivation = Activation.Relu,
        TiedEmbedding = false,
        BosId = 0,
    };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Show_SavedFolder_GivesItsFactsAndItsHash()
    {
        (string folder, string hash) = await SavedAsync(BothWays);
        JsonElement json = await Invocation.JsonOfAsync("model", "show", folder);
        JsonElement config = json.GetProperty("config");
        Assert.Equal((folder, hash, true), (json.GetProperty("name").GetString(), json.GetProperty("hash").GetString(), json.GetProperty("has_tokenizer").GetBoolean()));
        Assert.Equal((5, 3), (config.GetProperty("d_vocab").GetInt32(), config.GetProperty("d_vocab_out").GetInt32()));
        Assert.Equal(("bidirectional", "standard"), (config.GetProperty("attention_dir").GetString(), config.GetProperty("positional_embedding_type").GetString()));
        Assert.Equal(JsonValueKind.Null, config.GetProperty("normalization_type").ValueKind);
        Assert.DoesNotContain("hook_scale", json.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("3 outputs", (await Invocation.OfAsync("model", "show", folder)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OutputsThatAreNotTokens_HaveNoLossAndNoNames()
    {
        (string folder, _) = await SavedAsync(BothWays);
        JsonElement json = await Invocation.JsonOfAsync("run", folder, "--text", "a c  b");
        Assert.Equal("""["BOS","a","c","b"]""", json.GetProperty("tokens").GetRawText());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("loss").ValueKind);
        Assert.Equal(3, json.GetProperty("top").GetArrayLength());
        Assert.All(json.GetProperty("top").EnumerateArray(), top => Assert.Equal(JsonValueKind.Null, top.GetProperty("token").ValueKind));
        Assert.Contains("'z' is not in the vocabulary", await Invocation.FailureOfAsync(1, "run", folder, "--text", "a z"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_WhatCannot_FailsWithOneLine()
    {
        (string folder, _) = await SavedAsync(BothWays with { OutputVocabulary = null });
        Assert.Contains("attends both ways", await Invocation.FailureOfAsync(1, "generate", folder, "a b"), StringComparison.Ordinal);
        (folder, _) = await SavedAsync(BothWays with { IsCausal = true }, "own");
        Assert.Contains("are not its 5 tokens", await Invocation.FailureOfAsync(1, "generate", folder, "a b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_CausalFolder_ContinuesInWords()
    {
        (string folder, _) = await SavedAsync(BothWays with { OutputVocabulary = null, IsCausal = true });
        JsonElement json = await Invocation.JsonOfAsync("generate", folder, "a b", "--max-tokens", "2");
        Assert.Matches("^ (BOS|PAD|a|b|c) (BOS|PAD|a|b|c)$", json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Harvest_SavedFolder_WritesItsHashAndRunsLengthsApart()
    {
        (string folder, string hash) = await SavedAsync(BothWays);
        string corpus = _scratch.Text("corpus.jsonl", "\"a b c\"\n\"c\"\n\"b\"\n\"a a a a\"\n");
        JsonElement json = await Invocation.JsonOfAsync("harvest", folder, corpus, "--documents", "all", "--at", "blocks.1.hook_resid_post", "--out", _scratch["store"]);
        Assert.Equal((14, 9), (json.GetProperty("width").GetInt32(), json.GetProperty("tokens").GetInt32()));
        using JsonDocument provenance = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_scratch["store"], "provenance.json"), TestContext.Current.CancellationToken));
        Assert.Equal(hash, provenance.RootElement.GetProperty("model_hash").GetString());
    }

    [Fact]
    public async Task Show_DamagedFolder_FailsWithOneLine()
    {
        (string folder, _) = await SavedAsync(BothWays);
        Scratch.Cut(Path.Combine(folder, "model.safetensors"), 700);
        Assert.Contains("model.safetensors", await Invocation.FailureOfAsync(1, "model", "show", folder), StringComparison.Ordinal);
    }

    private async Task<(string Folder, string Hash)> SavedAsync(ModelConfig config, string name = "model")
    {
        using ModelParameters parameters = ModelParameters.Random(config, 3);
        using Model model = parameters.ToModel(name, new() { Tokenizer = WordTokenizer.Of(["BOS", "PAD", "a", "b", "c"]) });
        await model.SaveAsync(_scratch[name], cancellationToken: TestContext.Current.CancellationToken);
        return (_scratch[name], model.Hash);
    }
}
