using System.Text.Json;
using Pellucid.Cli.Frame;
using Pellucid.Cli.Tests.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class ModelShowTests
{
    [Fact]
    public async Task Show_BuiltInModel_GivesConfigHashAndEveryHook()
    {
        JsonElement json = await Invocation.JsonOfAsync("model", "show", "stories260k");
        Assert.Equal("architecture parameters bytes d_model n_layers n_heads n_kv_heads vocabulary context name hash weights run_tokens run_bytes has_tokenizer config hooks", Invocation.Keys(json));
        Assert.Equal("b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696", json.GetProperty("hash").GetString());
        JsonElement config = json.GetProperty("config");
        Assert.Equal("architecture n_layers d_model n_heads n_key_value_heads d_head d_mlp d_vocab n_ctx bos_id stop_ids d_vocab_out attention_dir normalization_type positional_embedding_type", Invocation.Keys(config));
        Assert.Equal((5, 64, 172, 512), (Number(config, "n_layers"), Number(config, "d_model"), Number(config, "d_mlp"), Number(config, "d_vocab")));
        JsonElement hook = Assert.Single(json.GetProperty("hooks").EnumerateArray(), entry => entry.GetProperty("name").GetString() == Hook.MlpPost(2));
        Assert.Equal("name shape axes sizes layer description", Invocation.Keys(hook));
        Assert.Equal("""["batch","pos",172]""", hook.GetProperty("shape").GetRawText());
        Assert.Equal("[null,null,172]", hook.GetProperty("sizes").GetRawText());
        Assert.Equal("""["batch","pos","d_mlp"]""", hook.GetProperty("axes").GetRawText());
    }

    [Fact]
    public async Task Show_BuiltInModel_CountsParametersAndMemory()
    {
        JsonElement json = await Invocation.JsonOfAsync("model", "show", "stories260k");
        Assert.Equal("llama", json.GetProperty("architecture").GetString());
        Assert.Equal((64, 5, 8, 4, 512, 512), (Number(json, "d_model"), Number(json, "n_layers"), Number(json, "n_heads"), Number(json, "n_kv_heads"), Number(json, "vocabulary"), Number(json, "context")));

        // Embedding 512 · 64; in each block W_Q and W_O 64 · 64, W_K and W_V 64 · 32, gate, in and out 64 · 172, two norms of 64; the last norm.
        const long Parameters = (512 * 64) + (5 * ((2 * 64 * 64) + (2 * 64 * 32) + (3 * 64 * 172) + (2 * 64))) + 64;
        Assert.Equal(Parameters, json.GetProperty("parameters").GetInt64());

        // The tied embedding is held a second time, packed; packing pads outputs to a multiple of 48, to 1.5 times 32 at most.
        long held = json.GetProperty("bytes").GetInt64();
        Assert.InRange(held, 4 * (Parameters + (512 * 64)), 4 * (Parameters + (512 * 64)) * 3 / 2);
        long rounded = (await Invocation.JsonOfAsync("model", "show", "stories260k", "--weights", "bf16")).GetProperty("bytes").GetInt64();
        Assert.InRange(rounded, held / 2, held * 3 / 4);
        Assert.Equal((512, "f32"), (Number(json, "run_tokens"), json.GetProperty("weights").GetString()));

        // Logits of every position, and the residual stream, at the least; not more than if every hook were kept.
        Assert.InRange(json.GetProperty("run_bytes").GetInt64(), 4 * 512 * (512 + 64), 20_000_000);
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

    [Fact]
    public async Task Show_WeightsAsQ8_TakeLessThanAThird()
    {
        long whole = (await Invocation.JsonOfAsync("model", "show", "stories260k")).GetProperty("bytes").GetInt64();
        JsonElement json = await Invocation.JsonOfAsync("model", "show", "stories260k", "--weights", "q8");
        Assert.Equal("q8", json.GetProperty("weights").GetString());
        Assert.InRange(json.GetProperty("bytes").GetInt64(), whole / 5, whole / 3); // 1.125 bytes for 4, and norms that stay as they are
        Assert.Contains("f32, bf16 or q8", await Invocation.FailureOfAsync(2, "model", "show", "stories260k", "--weights", "q4"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NarrowTable_LeavesNamesOfHooksWhole()
    {
        using StringWriter error = new();
        Streams streams = new(Stream.Null, error, IsTerminal: false) { Width = 80 };
        Assert.Equal(0, await CommandLine.RunAsync(["model", "show", "stories260k"], streams, TestContext.Current.CancellationToken));
        Assert.Contains("blocks.0.ln1.hook_normalized ", error.ToString(), StringComparison.Ordinal);
        Assert.All(error.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
