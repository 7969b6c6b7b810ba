using System.Text;
using Pellucid.Models.Registry;
using Pellucid.Models.Registry.Hub;
using Pellucid.Models.Tests.Checkpoints.Gguf;
using Pellucid.Models.Tests.Tokenizers;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Folders;

/// <summary>Tokenizers that came from files are saved with their models, and opened without them.</summary>
public sealed class SavedTokenizerTests : IDisposable
{
    private const string Template = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}";
    private const string Hub = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("minilm", "tokenizer.json", "[SEP]")]
    [InlineData("qwen3", "tokenizer.json", "<|im_end|>")]
    [InlineData("llama512", "tokenizer.json", "</s>")]
    [InlineData("unigram", "tokenizer.json", "<unk>")]
    [InlineData("gpt2", "vocab.bpe", "<|endoftext|>")]
    public async Task SaveAsync_TokenizerOfFiles_GivesTheSameIdsAgain(string name, string file, string end)
    {
        Directory.CreateDirectory(_folder.File("source"));
        _folder.Write("source/" + file, References.Unpacked(name == "gpt2" ? "gpt2.vocab.bpe.gz" : $"{name}.tokenizer.json.gz"));
        _folder.Write("source/tokenizer_config.json", Encoding.UTF8.GetBytes($$"""{"eos_token":"{{end}}","pad_token":"{{end}}"}"""));
        _folder.Write("source/chat_template.jinja", Encoding.UTF8.GetBytes(Template));
        Tokenizer tokenizer = TokenizerFiles.Find(_folder.File("source"), null)!;
        using Model again = await SavedAsync(tokenizer);
        Same(tokenizer, again.Tokenizer!);
        Assert.Equal(Template, again.ChatTemplate);
        Assert.NotNull(again.Tokenizer!.EosId);
        Assert.Equal((tokenizer.EosId, tokenizer.PadId), (again.Tokenizer.EosId, again.Tokenizer.PadId));
        Same(tokenizer, await Model.OpenTokenizerAsync(_folder.File("saved"), TestContext.Current.CancellationToken));
        using Model twice = await SavedAsync(again.Tokenizer);
        Same(tokenizer, twice.Tokenizer!);
    }

    [Fact]
    public async Task SaveAsync_TokenizerOfAGguf_GivesTheSameIdsAgain()
    {
        using Model opened = await Model.OpenAsync(_folder.Write("model.gguf", Gguf("llama").Made()), TestContext.Current.CancellationToken);
        await opened.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
        Same(opened.Tokenizer!, again.Tokenizer!);
        Assert.Equal([1, 7, 5, 7], again.Tokenizer!.EncodeSequence("ab a"));
        Assert.Equal((Template, 1, 2), (again.ChatTemplate, again.Tokenizer.BosId, again.Tokenizer.EosId));
        Assert.Equal(opened.Config.BosId, again.Config.BosId);
        Assert.Equal(opened.Config.StopIds, again.Config.StopIds);
        using Run expected = opened.Run("ab a"), met = again.Run("ab a");
        Assert.Equal(expected.Logits.ToArray(), met.Logits.ToArray());
    }

    [Fact]
    public async Task SaveAsync_OverAModelWithAnotherTokenizer_LeavesNothingOfIt()
    {
        using (Model first = await Model.OpenAsync(_folder.Write("model.gguf", Gguf("llama").Made()), TestContext.Current.CancellationToken))
        {
            await first.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(_folder.File("saved/tokenizer.gguf")));
        using Model again = await SavedAsync(WordTokenizer.Of(["a", "b"]));
        Assert.False(File.Exists(_folder.File("saved/tokenizer.gguf")));
        Assert.Equal([0, 1], again.Tokenizer!.Encode("a b"));
    }

    /// <summary>No network here could read these files' networks: a family that is not known, and none at all.</summary>
    [Fact]
    public async Task OpenTokenizerAsync_FileOrNameOfTheHub_LeavesTheNetwork()
    {
        string gguf = _folder.Write("strange.gguf", Gguf("mamba").Made());
        await Assert.ThrowsAnyAsync<PellucidException>(() => Model.OpenAsync(gguf, TestContext.Current.CancellationToken));
        Tokenizer tokenizer = await Model.OpenTokenizerAsync(gguf, TestContext.Current.CancellationToken);
        Assert.Equal([7, 5], tokenizer.Encode("ab"));

        Directory.CreateDirectory(_folder.File($"hub/models--owner--tiny/snapshots/{Hub}"));
        Directory.CreateDirectory(_folder.File("hub/models--owner--tiny/refs"));
        _folder.Write("hub/models--owner--tiny/refs/main", Encoding.ASCII.GetBytes(Hub));
        _folder.Write($"hub/models--owner--tiny/snapshots/{Hub}/tokenizer.json", References.Unpacked("llama512.tokenizer.json.gz"));
        HubSettings settings = HubSettings.Default with { CacheFolder = _folder.File("hub") };
        Same(References.Of("llama512"), ModelRegistry.OpenTokenizer("owner/tiny", new ModelCache(_folder.Path), settings)!);
    }

    [Fact]
    public void OpenTokenizer_CheckpointOfTheRegistry_ReadsItsHeaderAlone()
    {
        KnownModel known = KnownModel.Find("stories15m")!;
        ModelCache cache = new(_folder.Path);
        Directory.CreateDirectory(cache.FolderOf(known));
        byte[] header = new TinyCheckpoint(vocabulary: 300).Bytes;
        File.WriteAllBytes(cache.PathOf(known, known.Files[0]), header);
        Assert.Contains("model pull", Assert.Throws<PellucidException>(() => ModelRegistry.OpenTokenizer("stories15m", cache)).Message, StringComparison.Ordinal);
        Assert.Null(CheckpointFiles.TokenizerOf(cache.PathOf(known, known.Files[0])));
        File.WriteAllBytes(cache.PathOf(known, known.Files[1]), TinyTokenizer.Write([.. Enumerable.Range(0, 300).Select(id => id < 3 ? $"<{id}>" : id < 259 ? $"<0x{id - 3:X2}>" : id == 259 ? " " : $"p{id}")]));
        Assert.Equal(300, CheckpointFiles.TokenizerOf(cache.PathOf(known, known.Files[0]))!.Vocabulary);
    }

    [Fact]
    public void Open_TokenizerOfTheRegistry_IsNoModel()
    {
        PellucidException error = Assert.Throws<PellucidException>(() => ModelRegistry.Open("gpt2-tokenizer", new ModelCache(_folder.Path)));
        Assert.Contains("a tokenizer alone", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
        error = Assert.Throws<PellucidException>(() => ModelRegistry.OpenTokenizer("gpt2-tokenizer", new ModelCache(_folder.Path)));
        Assert.Contains("pellucid model pull gpt2-tokenizer", error.Message, StringComparison.Ordinal);
        Assert.SkipUnless(ModelCache.Default.Has(KnownModel.Find("gpt2-tokenizer")!), "gpt2-tokenizer is not on this machine; get it: pellucid model pull gpt2-tokenizer");
        Same(References.Of("gpt2"), ModelRegistry.OpenTokenizer("gpt2-tokenizer", ModelCache.Default)!);
    }

    [Fact]
    public void Files_OfTinyLlama_GiveTheSameIdsAgain()
    {
        KnownModel known = KnownModel.Find("tinyllama-1.1b-chat")!;
        Assert.SkipUnless(ModelCache.Default.Has(known), $"{known.Id} is not on this machine; get it: pellucid model pull {known.Id}");
        Tokenizer tokenizer = ModelRegistry.OpenTokenizer(known.Id, ModelCache.Default)!;
        SavedFile file = Assert.Single(tokenizer.Files);
        _folder.Write(file.Name, file.Bytes.Span);
        Tokenizer again = TokenizerFiles.Find(_folder.Path, tokenizer.Vocabulary)!;
        Same(tokenizer, again);
        Assert.Equal((32_000, 1, 2), (again.Vocabulary, again.BosId, again.EosId));
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("llama")]
    public async Task OpenAsync_Processed_KeepsWhatTheModelHas(string name)
    {
        foreach (string file in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(Golden.Path($"huggingface/{name}/{file}"), _folder.File(file));
        }

        _folder.Write("tokenizer.json", WithWords(90));
        _folder.Write("chat_template.jinja", Encoding.UTF8.GetBytes(Template));
        Directory.CreateDirectory(_folder.File("1_Pooling"));
        _folder.Write("1_Pooling/config.json", "{\"pooling_mode_cls_token\":true}"u8);
        _folder.Write("modules.json", """[{"idx":0,"path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"""u8);
        _folder.Write("sentence_bert_config.json", "{\"max_seq_length\":30}"u8);
        using Model plain = await Model.OpenAsync(_folder.Path, TestContext.Current.CancellationToken);
        using Model processed = await Model.OpenAsync(_folder.Path, new OpenOptions { Processing = WeightProcessing.Standard }, TestContext.Current.CancellationToken);
        Assert.Equal((plain.Name, plain.ChatTemplate, plain.Sentences), (processed.Name, processed.ChatTemplate, processed.Sentences));
        Assert.Equal((Template, 30), (processed.ChatTemplate, processed.Sentences.MaxTokens));
        Assert.Equal(plain.Tokenizer!.Encode("w3 w4"), processed.Tokenizer!.Encode("w3 w4"));
        Assert.NotEqual("none", $"{processed.Config.Processing}");
    }

    /// <summary>A tokenizer.json of words that is no <see cref="WordTokenizer"/>'s, since it has a normalizer.</summary>
    private static byte[] WithWords(int count)
    {
        string vocabulary = string.Join(',', Enumerable.Range(0, count).Select(id => $"\"w{id}\":{id}"));
        return Encoding.UTF8.GetBytes(
            """{"normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"WhitespaceSplit"},"model":{"type":"WordLevel","unk_token":"w0","vocab":{""" + vocabulary + "}}}");
    }

    private static void Same(Tokenizer expected, Tokenizer met)
    {
        Assert.True(References.Texts.Length >= 200);
        Assert.All(References.Texts, text => Assert.Equal(expected.EncodeSequence(text), met.EncodeSequence(text)));
        Assert.Equal(expected.ChatTemplates.OrderBy(each => each.Key), met.ChatTemplates.OrderBy(each => each.Key));
    }

    private static GgufBytes Gguf(string architecture)
    {
        ModelConfig config = new()
        {
            Architecture = "llama",
            Layers = 1,
            DModel = 8,
            Heads = 2,
            KeyHeads = 1,
            DHead = 4,
            DMlp = 2,
            Vocabulary = 9,
            Context = 3000,
            TiedEmbedding = false,
        };
        string[] tokens = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "ab", "\u2581a", "<0x41>"];
        GgufBytes facts = architecture == "llama" ? GgufFamilyTests.Facts(config) : new GgufBytes().With("general.architecture", architecture);
        return facts.With("tokenizer.ggml.model", "llama").With("tokenizer.ggml.tokens", tokens).With("tokenizer.ggml.scores", 0f, 0f, 0f, -1f, -2f, -3f, -4f, -0.5f, 0f)
            .With("tokenizer.ggml.token_type", 2, 3, 3, 1, 1, 1, 1, 1, 6).With("tokenizer.ggml.bos_token_id", 1).With("tokenizer.ggml.eos_token_id", 2)
            .With("tokenizer.ggml.add_bos_token", true).With("tokenizer.chat_template", Template)
            .With(config, GgufNetwork.Values(config));
    }

    private async Task<Model> SavedAsync(Tokenizer tokenizer)
    {
        using ModelParameters parameters = ModelParameters.Random(ModelFolderTests.Configs["llama"] with { Vocabulary = tokenizer.Vocabulary }, 3);
        using Model model = parameters.ToModel("saved", new() { Tokenizer = tokenizer });
        await model.SaveAsync(_folder.File("saved"), overwrite: true, TestContext.Current.CancellationToken);
        return await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
    }
}
