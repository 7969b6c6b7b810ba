using System.Text.Json.Nodes;
using Pellucid.Models.Architectures;
using Pellucid.Models.Folders;
using Pellucid.Models.Tests.Checkpoints;
using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Architectures;

/// <summary>What a config says, what it need not say, and what is refused by its name.</summary>
public sealed class CheckpointFactsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_ModelTypes_AreThoseOfTheField() => Assert.Equal(
        [
            "gpt2", "gpt_neo", "gpt_neox", "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "gemma3", "phi", "phi3", "opt", "bert", "roberta",
            "xlm-roberta", "camembert", "distilbert",
        ],
        Architecture.All.SelectMany(family => family.ModelTypes));

    [Theory]
    [InlineData("gpt2", "model_type", "\"gpt3\"", "'gpt2'")]
    [InlineData("gpt2", "model_type", "7", "model_type")]
    [InlineData("gpt2", "add_cross_attention", "true", "add_cross_attention")]
    [InlineData("gpt2", "activation_function", "\"quick_gelu\"", "quick_gelu")]
    [InlineData("gpt2", "n_layer", "4", "h.3.")]
    [InlineData("gpt2", "n_layer", "2", "h.2.")]
    [InlineData("gpt2", "n_head", "5", "5 heads")]
    [InlineData("gpt2", "n_inner", "100", "c_fc")]
    [InlineData("gpt2", "vocab_size", "102", "wte")]
    [InlineData("gpt2", "tie_word_embeddings", "false", "lm_head.weight")]
    [InlineData("llama", "quantization_config", "{\"bits\":4}", "quantization_config")]
    [InlineData("llama", "rope_scaling", "{\"type\":\"longrope\",\"factor\":2}", "longrope")]
    [InlineData("llama", "rope_scaling", "{\"factor\":2}", "type")]
    [InlineData("llama", "rope_scaling", "{\"type\":\"linear\",\"factor\":0}", "factor")]
    [InlineData("llama", "rope_scaling", "{\"type\":\"yarn\",\"factor\":2,\"mscale\":0.7}", "mscale")]
    [InlineData("llama", "num_key_value_heads", "3", "key heads")]
    [InlineData("llama", "rms_norm_eps", "-1", "epsilon")]
    [InlineData("llama", "eos_token_id", "\"two\"", "eos_token_id")]
    [InlineData("llama", "mlp_bias", "true", "gate_proj.bias")]
    [InlineData("gpt_neo", "attention_types", "[[[\"global\"],2]]", "2 layers")]
    [InlineData("gpt_neo", "attention_types", "[[[\"round\"],3]]", "round")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\"]", "layer_types")]
    [InlineData("gemma2", "query_pre_attn_scalar", "0", "query_pre_attn_scalar")]
    [InlineData("gpt_neox", "rotary_pct", "0.01", "rotary_pct")]
    [InlineData("phi", "qk_layernorm", "true", "qk_layernorm")]
    [InlineData("opt", "_remove_final_layer_norm", "true", "_remove_final_layer_norm")]
    [InlineData("opt", "layer_norm_elementwise_affine", "false", "layer_norm_elementwise_affine")]
    [InlineData("bert", "position_embedding_type", "\"relative_key\"", "relative_key")]
    [InlineData("bert", "is_decoder", "true", "is_decoder")]
    [InlineData("roberta", "pad_token_id", "0", "pad_token_id")]
    [InlineData("roberta", "hidden_act", "\"relu\"", "hidden_act")]
    [InlineData("qwen2", "max_window_layers", "\"all\"", "max_window_layers")]
    public void Open_ConfigWithOneOtherValue_IsRefusedByName(string name, string key, string value, string part)
    {
        JsonObject config = Copied(name);
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        BadFileException error = Assert.Throws<BadFileException>(() => HuggingFaceFolder.Open(_folder.Path, new OpenOptions()));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Theory]
    [InlineData("llama", "rope_theta", "rope_scaling", "bos_token_id", "eos_token_id", "num_key_value_heads", "head_dim", "attention_bias", "mlp_bias", "hidden_act", "tie_word_embeddings")]
    [InlineData("gpt2", "activation_function", "layer_norm_epsilon", "n_inner", "scale_attn_weights", "scale_attn_by_inverse_layer_idx")]
    [InlineData("gemma", "hidden_act", "hidden_activation", "rope_theta", "attention_bias", "bos_token_id")]
    [InlineData("gpt_neox", "rotary_pct", "partial_rotary_factor", "use_parallel_residual", "attention_bias", "rope_theta", "rotary_emb_base", "tie_word_embeddings")]
    [InlineData("opt", "do_layer_norm_before", "enable_bias", "word_embed_proj_dim", "activation_function")]
    [InlineData("qwen2", "sliding_window", "use_sliding_window", "max_window_layers")]
    public void Open_KeysMissing_AreWhatTheLibraryTakesThemToBe(string name, params string[] keys)
    {
        JsonObject config = Copied(name);
        Assert.All(keys, key => config.Remove(key));
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        using Model model = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        using Run expected = HuggingFaceFixture.Of(name).Model.Run(HuggingFaceFixture.Of(name).Tokens), met = model.Run(HuggingFaceFixture.Of(name).Tokens);
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 0)]
    public void Open_WindowFromTheFirstLayerOn_IsThatOfEveryLayerWhereItIsUsed(bool isUsed, int window)
    {
        JsonObject config = Copied("qwen2");
        config.Remove("layer_types");
        (config["use_sliding_window"], config["sliding_window"], config["max_window_layers"]) = (isUsed, 3, 0);
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        using Model model = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        Assert.Equal(window, model.Config.Window);
        Assert.All(Enumerable.Range(0, model.Config.Layers), layer => Assert.Equal(isUsed, model.Config.IsLocal(layer)));
    }

    [Fact]
    public void Open_BothFormsOfRotaryKeys_AreTheSame()
    {
        JsonObject config = Copied("llama-gqa-llama3");
        JsonObject rules = (JsonObject)config["rope_scaling"]!.DeepClone();
        using Model before = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        rules["rope_theta"] = config["rope_theta"]!.DeepClone();
        config.Remove("rope_theta");
        config.Remove("rope_scaling");
        config["rope_parameters"] = rules;
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        using Model after = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        Assert.Equal(before.Hash, after.Hash);
        Assert.Equal(RotaryScalingKind.Llama3, after.Config.RotaryScaling?.Kind);
    }

    [Fact]
    public void Open_GenerationConfig_HasTheStops()
    {
        Copied("llama");
        File.WriteAllText(_folder.File("generation_config.json"), "{\"eos_token_id\":[2,7,2,100000]}");
        using Model model = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        Assert.Equal([2, 7], model.Config.StopIds);
        Assert.Equal(1, model.Config.BosId);
    }

    [Fact]
    public void Open_WithoutUnembedding_IsRefusedUnlessTheNetworkHasNone()
    {
        JsonObject config = Copied("llama");
        using (SafetensorsFile file = SafetensorsFile.Open(_folder.File("model.safetensors")))
        {
            SafetensorsFile.Write(_folder.File("bare.safetensors"), [.. file.Entries.Keys.Where(name => name != "lm_head.weight").Select(name => new KeyValuePair<string, Tensor>(name, file.Read(name)))]);
        }

        File.Delete(_folder.File("model.safetensors"));
        Assert.Contains("lm_head.weight", Assert.Throws<BadFileException>(() => HuggingFaceFolder.Open(_folder.Path, new OpenOptions())).Message, StringComparison.Ordinal);
        config["architectures"] = new JsonArray("LlamaModel");
        File.WriteAllText(_folder.File("config.json"), config.ToJsonString());
        using Model model = HuggingFaceFolder.Open(_folder.Path, new OpenOptions());
        Assert.False(model.Config.HasUnembedding);
    }

    [Fact]
    public void Open_FileOfTheIndexMissing_NamesIt()
    {
        Copied("llama-bf16-sharded");
        File.Delete(_folder.File("model-00002-of-00004.safetensors"));
        BadFileException error = Assert.Throws<BadFileException>(() => HuggingFaceFolder.Open(_folder.Path, new OpenOptions()));
        Assert.Contains("model-00002-of-00004.safetensors, which is not there", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void Open_OneFileOfAFolder_SaysToNameTheFolder()
    {
        Copied("llama-bf16-sharded");
        File.WriteAllBytes(_folder.File("weights.ckpt"), [0x80, 2, 0x8A, 10]); // how a pickle of PyTorch begins
        Assert.All(
            ["model-00002-of-00004.safetensors", "model.safetensors.index.json", "weights.ckpt"],
            name => Assert.Contains("Name the folder", Assert.Throws<BadFileException>(() => ModelRegistry.Open(_folder.File(name))).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Loss_NetworkThatAttendsBothWays_IsRefused()
    {
        HuggingFaceFixture fixture = HuggingFaceFixture.Of("bert");
        using Run run = fixture.Model.Run(fixture.Tokens);
        Close.IsOneLine(Assert.Throws<PellucidException>(() => run.Loss()));
    }

    [Theory]
    [InlineData("\\ud800", "no text")]
    [InlineData("\u00b9", "no UTF-8")] // written in Latin-1, below
    public void Open_TextThatIsNone_IsRefused(string activation, string part)
    {
        Copied("llama");
        string config = File.ReadAllText(_folder.File("config.json"));
        Assert.Contains("\"silu\"", config, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("config.json"), config.Replace("silu", activation, StringComparison.Ordinal), System.Text.Encoding.Latin1);
        BadFileException error = Assert.Throws<BadFileException>(() => HuggingFaceFolder.Open(_folder.Path, new OpenOptions()));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    /// <summary>Each round opens a whole network; the index's own reader goes through ten times as many in ShardedArraysTests.</summary>
    [Theory]
    [InlineData("llama-dynamic", "config.json", 10_000)]
    [InlineData("llama-bf16-sharded", "model.safetensors.index.json", 1_000)]
    public void Open_DamagedJson_IsRefusedOrRead(string name, string damaged, int rounds)
    {
        Copied(name);
        byte[] whole = File.ReadAllBytes(_folder.File(damaged));
        void Read(byte[] bytes) => HuggingFaceFolder.Open(Path.GetDirectoryName(_folder.Write(damaged, bytes))!, new OpenOptions()).Dispose();
        const long Tables = 4 << 20; // the network itself, which is no claim of this file's
        HostileFiles.EveryTruncation(whole, Read, needless: whole[^1] == '\n' ? 1 : 0, Tables);
        Assert.InRange(HostileFiles.Corruptions(whole, Read, seed: 31, rounds, Tables), rounds * 3 / 10, rounds - 1);
    }

    /// <summary>Copies a network into the folder; its config.</summary>
    private JsonObject Copied(string name)
    {
        foreach (string file in Directory.EnumerateFiles(HuggingFaceFixture.Folder(name)).Where(file => !Path.GetFileName(file).StartsWith('g')))
        {
            File.Copy(file, _folder.File(Path.GetFileName(file)));
        }

        return JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!.AsObject();
    }
}
