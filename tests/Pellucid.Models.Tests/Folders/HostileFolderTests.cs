using System.Text.Json.Nodes;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Folders;

/// <summary>What a stranger's model folder can try: one clear error each, and nothing is taken on the word of a header.</summary>
public sealed class HostileFolderTests : IDisposable
{
    /// <summary>Tables of names of a network of a few blocks, a message and a stack trace; a claim that was believed would take its megabytes.</summary>
    private const long MostAllocated = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("attn_scores_soft_cap", "\"50\"", "attn_scores_soft_cap")]
    [InlineData("output_logits_soft_cap", "true", "output_logits_soft_cap")]
    [InlineData("use_local_attn", "true", "attn_types")]
    [InlineData("use_qk_norm", "true", "q_norm")]
    [InlineData("use_yarn_rope", "true", null)]
    [InlineData("use_NTK_by_parts_rope", "1", "use_NTK_by_parts_rope")]
    [InlineData("use_normalization_before_and_after", "true", "ln1_post")]
    [InlineData("post_embedding_ln", "true", "embed.ln")]
    [InlineData("rotary_adjacent_pairs", "true", "rotary_adjacent_pairs")]
    [InlineData("attn_only", "true", "attn_only")]
    [InlineData("num_experts", "8", "num_experts")]
    [InlineData("normalization_type", "\"LNPre\"", "LNPre")]
    [InlineData("normalization_type", "\"RMSPre\"", "RMSPre")]
    [InlineData("positional_embedding_type", "\"alibi\"", "alibi")]
    [InlineData("attention_dir", "\"sideways\"", "sideways")]
    [InlineData("act_fn", "\"solu_ln\"", "solu_ln")]
    [InlineData("act_fn", null, "act_fn")]
    [InlineData("final_rms", "false", null)]
    [InlineData("rotary_dim", "5", "rotary_dim")]
    [InlineData("rotary_dim", "8", "rotary_dim")]
    [InlineData("sliding_windows", "4", "sliding_windows")]
    [InlineData("model_type", "\"gpt2\"", "transformer.wte.weight")]
    [InlineData("model_type", "\"gpt9\"", "'gpt2'")]
    [InlineData("d_model", "1e400", "d_model")]
    [InlineData("d_model", "NaN", "JSON")]
    [InlineData("d_model", "\"NaN\"", "NaN")]
    [InlineData("d_model", "-12", "-12")]
    [InlineData("d_model", "12.5", "12.5")]
    [InlineData("d_model", "null", "d_model")]
    [InlineData("d_model", "13", "12")]
    [InlineData("d_model", "2147483647", "2147483647")]
    [InlineData("d_head", "0", "d_head")]
    [InlineData("d_head", "3", "rotary_dim")]
    [InlineData("n_layers", "1024", "blocks")]
    [InlineData("n_layers", "3", "blocks.2")]
    [InlineData("n_layers", "1", "blocks.1")]
    [InlineData("n_layers", "99999999999999999999", "n_layers")]
    [InlineData("n_heads", "4194304", "together")]
    [InlineData("n_heads", "3", "key heads")]
    [InlineData("n_key_value_heads", "4", "W_K")]
    [InlineData("n_ctx", "16777216", null)] // angles are made as runs ask for them
    [InlineData("d_vocab", "16777216", "embed.W_E")]
    [InlineData("d_vocab_out", "5", "unembed.W_U")]
    [InlineData("d_mlp", "4194304", "W_gate")]
    [InlineData("gated_mlp", "false", "W_gate")]
    [InlineData("gated_mlp", "1", "gated_mlp")]
    [InlineData("tie_word_embeddings", "true", "turned")]
    [InlineData("eps", "-1", "epsilon")]
    [InlineData("eps", "1e39", "eps")]
    [InlineData("attn_scale", "0", "scale")]
    [InlineData("attn_scale", "-2", "scale")]
    [InlineData("rotary_base", "0", "base")]
    [InlineData("rotary_base", "[]", "rotary_base")]
    [InlineData("model_name", "\"a\\nb\"", "model_name")]
    [InlineData("positional_embedding_type", "\"standard\"", "W_pos")]
    [InlineData("normalization_type", "null", "final_rms")]
    [InlineData("normalization_type", "\"LN\"", "final_rms")]
    public async Task OpenAsync_ConfigWithOneOtherValue_IsRefusedByName(string key, string? value, string? part)
    {
        string folder = await SavedAsync();
        string path = Path.Combine(folder, "config.json"), text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        JsonObject config = JsonNode.Parse(text)!.AsObject();
        config.Remove(key);
        text = config.ToJsonString();
        await File.WriteAllTextAsync(path, value is null ? text : text[..^1] + $",\"{key}\":{value}}}", TestContext.Current.CancellationToken);
        if (part is null)
        {
            using Model opened = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
            return;
        }

        Refused(folder, part);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"d_model\":12,\"d_model\":12}")]
    [InlineData("{}")]
    [InlineData("\u0000\u0001")]
    public async Task OpenAsync_ConfigOfRubbish_IsRefused(string text)
    {
        string folder = await SavedAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), text, TestContext.Current.CancellationToken);
        Refused(folder, "config.json");
    }

    [Fact]
    public async Task OpenAsync_DeepOrLongConfig_IsRefused()
    {
        string folder = await SavedAsync(), path = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("{\"a\":", 5000)), TestContext.Current.CancellationToken);
        Refused(folder, "JSON");
        using (FileStream stream = File.Create(path))
        {
            stream.SetLength(1L << 33);
        }

        Refused(folder, "8589934592");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public async Task OpenAsync_EveryTruncation_IsRefused(string name)
    {
        string folder = await SavedAsync(), path = Path.Combine(folder, name);
        byte[] whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        int step = Math.Max(1, whole.Length / 400);
        int end = name.EndsWith("json", StringComparison.Ordinal) ? whole.Length - 1 : whole.Length; // a JSON file may lack its last line end
        for (int length = 0; length < end; length += length < 40 || length > end - 40 ? 1 : step)
        {
            await File.WriteAllBytesAsync(path, whole[..length], TestContext.Current.CancellationToken);
            Refused(folder, name);
        }
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public async Task OpenAsync_OneFileMissing_IsRefused(string name)
    {
        string folder = await SavedAsync();
        File.Delete(Path.Combine(folder, name));
        Refused(folder, name);
    }

    [Fact]
    public async Task OpenAsync_ArrayMissingUnknownOrOfAnotherKind_IsRefusedByName()
    {
        string folder = await SavedAsync();
        (Action<Dictionary<string, Tensor>> Change, string Part)[] changes =
        [
            (arrays => arrays.Remove("blocks.1.attn.W_O"), "blocks.1.attn.W_O"),
            (arrays => arrays.Remove("ln_final.w"), "ln_final.w"),
            (arrays => arrays.Add("blocks.0.attn.W_QQ", Tensor.Zeros(new Shape(2))), "the nearest is 'blocks.0.attn.W_Q'"),
            (arrays => arrays.Add("blocks.0.mlp.b_in", Tensor.Zeros(new Shape(9))), "blocks.0.mlp.b_out"),
            (arrays => arrays.Add("blocks.7.attn.W_Q", Tensor.Zeros(new Shape(1))), "blocks.7.attn.W_Q"),
            (arrays => arrays["embed.W_E"] = Tensor.Zeros(new Shape(12, 11)), "[12, 11]"),
            (arrays => arrays["ln_final.w"] = Tensor.Zeros(new Shape(12, 1)), "[12, 1]"),
            (arrays => arrays["ln_final.w"] = Tensor.Zeros(new Shape(12), DType.I32), "no weights"),
            (arrays => arrays.Clear(), "0 arrays"),
        ];
        foreach ((Action<Dictionary<string, Tensor>> change, string part) in changes)
        {
            Rewrite(folder, change);
            Refused(folder, part);
            await SavedAsync();
        }
    }

    [Fact]
    public async Task OpenAsync_BuffersAndOtherFloats_AreTaken()
    {
        string folder = await SavedAsync();
        using Model before = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
        Rewrite(folder, arrays =>
        {
            arrays.Add("blocks.0.attn.IGNORE", Tensor.Zeros(new Shape(1)));
            arrays.Add("blocks.1.attn.mask", Tensor.Zeros(new Shape(7, 7), DType.I32));
            arrays.Add("blocks.1.attn.rotary_sin", Tensor.Zeros(new Shape(7, 6)));
            foreach (string name in arrays.Keys.ToArray())
            {
                arrays[name] = arrays[name].To(DType.F64);
            }
        });
        using Model again = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
        Assert.Equal(before.Hash, again.Hash);
    }

    [Theory]
    [InlineData("bos_token_id", "one")]
    [InlineData("bos_token_id", "-1")]
    [InlineData("bos_token_id", "1,2")]
    [InlineData("eos_token_id", "1,,2")]
    [InlineData("eos_token_id", "99999999999")]
    [InlineData("outputs", "other")]
    [InlineData("weight_processing", "fold")]
    [InlineData("block", "serial")]
    [InlineData("embedding_scale", "NaN")]
    [InlineData("embedding_width", "0")]
    [InlineData("token_types", "-2")]
    [InlineData("pooler", "no")]
    [InlineData("rotary_scaling", "linear,0,8")]
    [InlineData("rotary_scaling", "linear,2")]
    public async Task OpenAsync_TextOfRubbish_IsRefusedByName(string key, string text)
    {
        string folder = await SavedAsync();
        Rewrite(folder, _ => { }, new() { [key] = text });
        Refused(folder, key);
    }

    [Fact]
    public async Task OpenAsync_WeightsThatAreNoNumbers_AreReadAsTheyAre()
    {
        string folder = await SavedAsync();
        Rewrite(folder, arrays => arrays["ln_final.w"].AsSpan()[3] = float.NaN);
        using Model model = await Model.OpenAsync(folder, TestContext.Current.CancellationToken);
        using ModelParameters parameters = model.CopyParameters();
        Assert.True(float.IsNaN(parameters["ln_final.w"].AsSpan()[3]));
    }

    [Theory]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "BPE")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}},\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"}}", "'UnicodeScripts'")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"normalizer\":{\"type\":\"Uppercase\"}}", "Uppercase")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"added_tokens\":[{}]}", "added_tokens")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":1}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "'a'")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0,\"b\":0}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "'b'")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":\"NaN\"}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "NaN")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a b\":0}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "white space")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "one word")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":[]},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "vocab")]
    [InlineData("{\"model\":7,\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "model")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":3},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "unk_token")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,\"a\":10,\"b\":11}},\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"}}", "12 tokens")]
    public async Task OpenAsync_TokenizerOfAnotherKind_IsRefusedByName(string text, string part)
    {
        string folder = await SavedAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "tokenizer.json"), text, TestContext.Current.CancellationToken);
        Refused(folder, part);
        using Model without = await Model.OpenAsync(folder, new OpenOptions { Tokenizer = WordTokenizer.Of(["a"]) }, TestContext.Current.CancellationToken);
    }

    private static void Refused(string folder, string part)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        BadFileException error = Assert.Throws<BadFileException>(() => ModelRegistry.Open(folder));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
        Assert.True(error.Message.Length < 1000, error.Message);
        Assert.True(allocated < MostAllocated, $"{allocated} bytes allocated for: {error.Message}");
    }

    private static void Rewrite(string folder, Action<Dictionary<string, Tensor>> change, Dictionary<string, string>? texts = null)
    {
        string path = Path.Combine(folder, "model.safetensors");
        Dictionary<string, Tensor> arrays;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            arrays = file.Entries.Keys.ToDictionary(name => name, file.Read);
            texts ??= new(file.Metadata);
        }

        change(arrays);
        SafetensorsFile.Write(path, arrays, texts);
    }

    private async Task<string> SavedAsync()
    {
        using ModelParameters parameters = ModelParameters.Random(ModelFolderTests.Configs["llama"], 3);
        using Model model = parameters.ToModel("hostile", new() { Tokenizer = WordTokenizer.Of(["a", "b"]) });
        await model.SaveAsync(_folder.File("model"), overwrite: true, TestContext.Current.CancellationToken);
        return _folder.File("model");
    }
}
