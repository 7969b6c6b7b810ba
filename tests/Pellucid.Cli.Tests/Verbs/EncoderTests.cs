using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Tests.Verbs;

/// <summary>Networks that attend both ways, with logits (BERT) and without (a sentence encoder), in the verbs that first met only those that go on with a text.</summary>
public sealed class EncoderTests : IDisposable
{
    private static readonly ModelConfig Encoder = ModelConfig.Gpt2Small with
    {
        Layers = 2,
        DModel = 8,
        Heads = 2,
        KeyHeads = 2,
        DHead = 4,
        DMlp = 16,
        Vocabulary = 6,
        Context = 8,
        IsCausal = false,
        BosId = null,
        StopIds = [],
    };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Run_AttendsBothWays_HasLikeliestTokensButNoLoss()
    {
        string model = await SavedAsync(Encoder);
        JsonElement json = await Invocation.JsonOfAsync("run", model, "--ids", "1,2,3");
        Assert.Equal(JsonValueKind.Null, json.GetProperty("loss").ValueKind);
        Assert.Equal(6, json.GetProperty("top").GetArrayLength());
        Assert.Contains("token at the last place", (await Invocation.OfAsync("run", model, "--ids", "1,2,3")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutUnembedding_WritesItsActivationsAlone()
    {
        string model = await SavedAsync(Encoder with { HasUnembedding = false, TiedEmbedding = false }), path = _scratch["run.safetensors"];
        JsonElement json = await Invocation.JsonOfAsync("run", model, "--ids", "1,2,3", "--capture", "hook_embed,blocks.1.hook_resid_post", "--out", path);
        Assert.Equal((JsonValueKind.Null, 0), (json.GetProperty("loss").ValueKind, json.GetProperty("top").GetArrayLength()));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(["blocks.1.hook_resid_post", "hook_embed"], file.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new Shape(1, 3, 8), file.Entries["blocks.1.hook_resid_post"].Shape);
        Assert.Contains("no logits", (await Invocation.OfAsync("run", model, "--ids", "1,2,3")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Verbs_ThatGoOnWithAText_RefuseIt(bool logits)
    {
        string model = await SavedAsync(Encoder with { HasUnembedding = logits, TiedEmbedding = false }, words: true);
        Assert.Contains("pellucid embed", await Invocation.FailureOfAsync(1, "chat", model, "--message", "a b"), StringComparison.Ordinal);
        await Invocation.FailureOfAsync(1, "generate", model, "a b");
        await Invocation.FailureOfAsync(1, "harvest", model, "self:2", "--at", "hook_embed", "--out", _scratch["store"]);
        Assert.False(Directory.Exists(_scratch["store"]));
    }

    private async Task<string> SavedAsync(ModelConfig config, bool words = false)
    {
        using ModelParameters parameters = ModelParameters.Random(config, seed: 5);
        using Model model = words
            ? parameters.ToModel("encoder", new OpenOptions { Tokenizer = WordTokenizer.Of(["a", "b", "c", "d", "e", "f"]) })
            : parameters.ToModel("encoder");
        await model.SaveAsync(_scratch["encoder"], overwrite: true, TestContext.Current.CancellationToken);
        return _scratch["encoder"];
    }
}
