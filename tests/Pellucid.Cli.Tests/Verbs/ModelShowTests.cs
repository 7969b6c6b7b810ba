using System.Text.Json;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class ModelShowTests
{
    [Fact]
    public async Task Show_BuiltInModel_GivesConfigHashAndEveryHook()
    {
        JsonElement json = await Invocation.JsonOfAsync("model", "show", "stories260k");
        Assert.Equal("name hash has_tokenizer config hooks", Invocation.Keys(json));
        Assert.Equal("b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696", json.GetProperty("hash").GetString());
        JsonElement config = json.GetProperty("config");
        Assert.Equal("architecture n_layers d_model n_heads n_key_value_heads d_head d_mlp d_vocab n_ctx bos_id stop_ids d_vocab_out attention_dir normalization_type positional_embedding_type", Invocation.Keys(config));
        Assert.Equal((5, 64, 172, 512), (Number(config, "n_layers"), Number(config, "d_model"), Number(config, "d_mlp"), Number(config, "d_vocab")));
        JsonElement hook = Assert.Single(json.GetProperty("hooks").EnumerateArray(), entry => entry.GetProperty("name").GetString() == Hook.MlpPost(2));
        Assert.Equal("name axes sizes layer description", Invocation.Keys(hook));
        Assert.Equal("[null,null,172]", hook.GetProperty("sizes").GetRawText());
        Assert.Equal("""["batch","pos","d_mlp"]""", hook.GetProperty("axes").GetRawText());
    }

    [Fact]
    public async Task Show_WithoutJson_PutsTheHooksOnStandardError()
    {
        Invocation invocation = await Invocation.OfAsync("model", "show", "stories260k");
        Assert.Equal((0, ""), (invocation.ExitCode, invocation.Output));
        Assert.Contains("blocks.4.mlp.hook_post", invocation.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_UnknownModel_Returns1() =>
        Assert.Contains("nosuchmodel", await Invocation.FailureOfAsync(1, "model", "show", "nosuchmodel"), StringComparison.Ordinal);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
