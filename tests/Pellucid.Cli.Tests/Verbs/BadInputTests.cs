using System.Text;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

/// <summary>What hostile hands give to the long verbs: one clear line, the right code, nothing half-written.</summary>
[Collection(StudyTests.Name)]
public sealed class BadInputTests(StudyFixture study) : IDisposable
{
    private const string MlpPost = "blocks.2.mlp.hook_post";

    private readonly Scratch _scratch = new();

    public static TheoryData<string, byte[], string> BadCorpora => new()
    {
        { "empty.txt", [], "no text" },
        { "empty.json", "[]"u8.ToArray(), "no text" },
        { "empty.jsonl", [], "no text" },
        { "cut.json", "[\"a\", "u8.ToArray(), "not valid JSON" },
        { "cut.jsonl", "{\"text\":"u8.ToArray(), "line 1" },
        { "numbers.json", "[1,2]"u8.ToArray(), "neither a string" },
        { "latin.txt", Encoding.Latin1.GetBytes("caf\u00e9 au lait"), "not UTF-8" },
        { "latin.json", Encoding.Latin1.GetBytes("[\"caf\u00e9 au lait\"]"), "not UTF-8" },
        { "latin.jsonl", Encoding.Latin1.GetBytes("{\"text\":\"caf\u00e9\"}\n"), "not UTF-8" },
        { "utf16.txt", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("hello")).ToArray(), "not UTF-8" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("blocks.2.mlp.hook_pst", "Nearest: blocks.2.mlp.hook_post")]
    [InlineData("blocks.7.mlp.hook_post", "is not in this model (5 blocks). Nearest: blocks.")]
    [InlineData("", "Nearest: ")]
    [InlineData("blocks.1.attn.hook_pattern", "no fixed width")]
    public async Task Harvest_HookThatCannotBe_NamesTheNearest(string hook, string expected) =>
        await RefusesAsync(expected, "harvest", "stories260k", "tinystories", "--at", hook, "--tokens", "1000", "--out", _scratch["out"]);

    [Fact]
    public async Task Harvest_HookOfAnotherModel_Returns1() =>
        await RefusesAsync("(1 blocks)", "run", OtherModels.Tiny(_scratch), "--ids", "1", "--capture", MlpPost, "--out", _scratch["out"]);

    [Theory]
    [MemberData(nameof(BadCorpora))]
    public async Task HarvestAndEvaluate_BadCorpus_SayWhatIsWrong(string name, byte[] content, string expected)
    {
        string corpus = _scratch.Bytes(name, content);
        await RefusesAsync(expected, "harvest", "stories260k", corpus, "--documents", "all", "--at", MlpPost, "--out", _scratch["out"]);
        string message = await Invocation.FailureOfAsync(1, "evaluate", study.Dictionary, "stories260k", corpus, "--documents", "all");
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("self:0")]
    [InlineData("self:x")]
    [InlineData("self:3:y")]
    [InlineData("nosuchcorpus")]
    [InlineData("")]
    public async Task Harvest_CorpusThatIsNotThere_Returns1(string corpus) =>
        await RefusesAsync("", "harvest", "stories260k", corpus, "--at", MlpPost, "--out", _scratch["out"]);

    [Fact]
    public async Task Harvest_FolderWithoutText_Returns1()
    {
        Directory.CreateDirectory(_scratch["texts"]);
        _scratch.Text("texts/page.md", "words");
        await RefusesAsync("no .txt file", "harvest", "stories260k", _scratch["texts"], "--at", MlpPost, "--out", _scratch["out"]);
    }

    [Fact]
    public async Task Harvest_ModelWithoutTokenizer_Returns1() =>
        await RefusesAsync("tokenizer", "harvest", OtherModels.Tiny(_scratch), "tinystories", "--at", "hook_embed", "--out", _scratch["out"]);

    [Theory]
    [InlineData("model.bin", 5000)]
    [InlineData("model.bin", 10)]
    [InlineData("model.bin", 0)]
    [InlineData("tok512.bin", 3000)]
    [InlineData("tok512.bin", 0)]
    public async Task Harvest_CutCheckpointOrTokenizer_NamesIt(string name, int bytes)
    {
        string model = OtherModels.Twin(_scratch);
        Scratch.Cut(Path.Combine(model, name), bytes);
        await RefusesAsync(name, "harvest", model, "tinystories", "--at", MlpPost, "--tokens", "1000", "--out", _scratch["out"]);
    }

    [Fact]
    public async Task Verbs_AnotherModelOfTheSameShape_AreRefused()
    {
        string twin = OtherModels.Twin(_scratch);
        await RefusesAsync("was harvested from model", "explain", $"{twin}:{MlpPost}", study.Store, "--units", "0", "--out", _scratch["out"]);
        await RefusesAsync("checkpoints differ", "explain", study.Dictionary, study.Store, "--model", twin, "--units", "0", "--out", _scratch["out"]);
        await RefusesAsync("checkpoints differ", "evaluate", study.Dictionary, twin, "tinystories");
        await RefusesAsync("checkpoints differ", "evaluate", study.Dictionary, OtherModels.Tiny(_scratch), "tinystories");
    }

    [Fact]
    public async Task Explain_StoreOfAnotherHookOfTheSameWidth_IsRefused()
    {
        await Invocation.JsonOfAsync("harvest", "stories260k", "tinystories", "--at", "blocks.1.mlp.hook_post", "--tokens", "1000", "--out", _scratch["store"]);
        await RefusesAsync("holds blocks.1.mlp.hook_post", "explain", study.Dictionary, _scratch["store"], "--units", "0", "--out", _scratch["out"]);
        await RefusesAsync("holds blocks.1.mlp.hook_post", "explain", $"stories260k:{MlpPost}", _scratch["store"], "--units", "0", "--out", _scratch["out"]);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("shard-00000.safetensors")]
    [InlineData("shard-00001.safetensors")]
    public async Task TrainAndExplain_CutStore_NameTheFile(string name)
    {
        string store = _scratch.Copy(study.Store, "store");
        Scratch.Cut(Path.Combine(store, name), 100);
        Assert.Contains(name, await Invocation.FailureOfAsync(1, "train", store, "--latents", "16", "--k", "4", "--out", _scratch["dictionary"]), StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["dictionary/cfg.json"]));
        Assert.False(Directory.Exists(_scratch["dictionary"]) && Directory.GetFiles(_scratch["dictionary"], "*.partial").Length > 0);
        await RefusesAsync(name, "explain", study.Dictionary, store, "--units", "0", "--out", _scratch["out"]);
    }

    [Theory]
    [InlineData("cfg.json")]
    [InlineData("sae_weights.safetensors")]
    public async Task EvaluateAndExplain_CutDictionary_NameTheFile(string name)
    {
        string dictionary = _scratch.Copy(study.Dictionary, "dictionary");
        Scratch.Cut(Path.Combine(dictionary, name), 100);
        await RefusesAsync(name, "evaluate", dictionary, "stories260k", "tinystories");
        await RefusesAsync(name, "explain", dictionary, study.Store, "--units", "0", "--out", _scratch["out"]);
    }

    [Fact]
    public async Task Verbs_UnreadableFile_NameIt()
    {
        // A folder in a file's place cannot be read by anybody, root included.
        string dictionary = _scratch.Copy(study.Dictionary, "dictionary"), store = _scratch.Copy(study.Store, "store");
        File.Delete(Path.Combine(dictionary, "sae_weights.safetensors"));
        Directory.CreateDirectory(Path.Combine(dictionary, "sae_weights.safetensors"));
        File.Delete(Path.Combine(store, "manifest.json"));
        Directory.CreateDirectory(Path.Combine(store, "manifest.json"));
        await RefusesAsync("sae_weights.safetensors", "evaluate", dictionary, "stories260k", "tinystories");
        await RefusesAsync("manifest.json", "train", store, "--out", _scratch["out"]);
    }

    [Theory]
    [InlineData("40", "k 40 with 16 latents")]
    [InlineData("17", "1 to 16 is possible")]
    public async Task Train_KAboveLatents_Returns1(string k, string expected) =>
        await RefusesAsync(expected, "train", study.Store, "--latents", "16", "--k", k, "--out", _scratch["out"]);

    [Fact]
    public async Task Train_MoreLatentsThanTokens_Returns1() =>
        await RefusesAsync("from 12000 tokens", "train", study.Store, "--latents", "2000000000", "--out", _scratch["out"]);

    [Theory]
    [InlineData("120-128", "Unit 128 is not among the 128 latents")]
    [InlineData("999", "Unit 999")]
    public async Task Explain_MoreUnitsThanExist_Returns1(string units, string expected) =>
        await RefusesAsync(expected, "explain", study.Dictionary, study.Store, "--units", units, "--out", _scratch["out"]);

    [Fact]
    public async Task Explain_NoUnitFiresOften_SaysSoInsteadOfNothing()
    {
        string corpus = _scratch.Text("few.json", "[\"One day.\",\"A cat.\",\"The end.\"]");
        await Invocation.JsonOfAsync("harvest", "stories260k", corpus, "--documents", "all", "--at", MlpPost, "--out", _scratch["store"]);
        await RefusesAsync("none can be drawn", "explain", study.Dictionary, _scratch["store"], "--out", _scratch["out"]);
    }

    [Theory]
    [InlineData("harvest", "stories260k", "tinystories", "--at", "hook_embed", "--tokens", "1000")]
    [InlineData("train", "STORE", "--latents", "16", "--k", "4")]
    [InlineData("explain", "DICT", "STORE", "--units", "0")]
    [InlineData("quickstart", "--tokens", "1000", "--latents", "16", "--k", "4")]
    public async Task Verbs_FolderThatIsAFileOrHoldsOtherThings_ChangeNothing(params string[] line)
    {
        line = [.. line.Select(word => word switch { "STORE" => study.Store, "DICT" => study.Dictionary, _ => word })];
        string file = _scratch.Text("file", "precious");
        Assert.Contains("is a file", await Invocation.FailureOfAsync(1, [.. line, "--out", file]), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(file, Token));
        string taken = _scratch.Copy(line[0] == "train" ? study.Store : study.Dictionary, "taken");
        SortedDictionary<string, string> before = PellucidProcess.Contents(taken);
        Assert.Contains("would be written over it", await Invocation.FailureOfAsync(1, [.. line, "--out", taken]), StringComparison.Ordinal);
        Assert.Equal(before, PellucidProcess.Contents(taken));
        Assert.Contains("--out '' is not", await Invocation.FailureOfAsync(2, [.. line, "--out", ""]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_FolderBegunWithOtherInputs_ChangeNothing()
    {
        string dictionary = _scratch.Copy(study.Dictionary, "dictionary"), store = _scratch.Copy(study.Store, "store");
        SortedDictionary<string, string> dictionaryBefore = PellucidProcess.Contents(dictionary), storeBefore = PellucidProcess.Contents(store);
        Assert.Contains("was begun with", await Invocation.FailureOfAsync(1, "train", study.Store, "--latents", "64", "--k", "8", "--out", dictionary), StringComparison.Ordinal);
        Assert.Contains(
            "another model, hook", await Invocation.FailureOfAsync(1, "harvest", "stories260k", "tinystories", "--at", "hook_embed", "--out", store), StringComparison.Ordinal);
        Assert.Equal(dictionaryBefore, PellucidProcess.Contents(dictionary));
        Assert.Equal(storeBefore, PellucidProcess.Contents(store));

        string[] explain = ["explain", study.Dictionary, study.Store, "--out", _scratch["explanations"], "--units"];
        await Invocation.JsonOfAsync([.. explain, "0"]);
        SortedDictionary<string, string> before = PellucidProcess.Contents(_scratch["explanations"]);
        Assert.Contains("of other units", await Invocation.FailureOfAsync(1, [.. explain, "1"]), StringComparison.Ordinal);
        Assert.Equal(before, PellucidProcess.Contents(_scratch["explanations"]));
    }

    [Theory]
    [InlineData("inputs.json", "harvest", "stories260k", "tinystories", "--at", "hook_embed", "--tokens", "1000")]
    [InlineData("recipe.json", "train", "STORE", "--latents", "16", "--k", "4")]
    [InlineData("sae_weights.safetensors", "train", "STORE", "--latents", "16", "--k", "4")]
    [InlineData("cfg.json", "train", "STORE", "--latents", "16", "--k", "4")]
    [InlineData("scores.json", "explain", "DICT", "STORE", "--units", "0")]
    [InlineData("provenance.json", "explain", "DICT", "STORE", "--units", "0")]
    public async Task Verbs_FullDisk_SaySoAndGoOnLater(string name, params string[] line)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A device that is always full is a Linux one.");
        line = [.. line.Select(word => word switch { "STORE" => study.Store, "DICT" => study.Dictionary, _ => word }), "--out"];
        Directory.CreateDirectory(_scratch["out"]);
        File.CreateSymbolicLink(_scratch[$"out/{name}.partial"], "/dev/full");
        string message = await Invocation.FailureOfAsync(1, [.. line, _scratch["out"]]);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("space", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(name, PellucidProcess.Contents(_scratch["out"]).Keys);
        await Invocation.JsonOfAsync([.. line, _scratch["out"]]);
        await Invocation.JsonOfAsync([.. line, _scratch["whole"]]);
        Assert.Equal(
            PellucidProcess.Contents(_scratch["whole"]).Where(file => file.Key != "scores.json"), // it names its folder
            PellucidProcess.Contents(_scratch["out"]).Where(file => file.Key != "scores.json"));
    }

    [Theory]
    [InlineData(2, "train", "")]
    [InlineData(1, "train", "nosuchfolder")]
    [InlineData(2, "evaluate", "", "stories260k", "tinystories")]
    [InlineData(1, "evaluate", "nosuchfolder", "stories260k", "tinystories")]
    [InlineData(2, "explain", "", "nosuchfolder")]
    [InlineData(1, "explain", "nosuchfolder", "nosuchfolder")]
    [InlineData(1, "harvest", "nosuchmodel", "tinystories", "--at", "hook_embed")]
    public async Task Verbs_NameOfNothing_ReturnTheirCode(int code, params string[] line)
    {
        string[] output = line[0] == "evaluate" ? [] : ["--out", _scratch["out"]];
        await Invocation.FailureOfAsync(code, [.. line, .. output]);
        Assert.False(Path.Exists(_scratch["out"]));
    }

    private async Task RefusesAsync(string expected, params string[] arguments)
    {
        Assert.Contains(expected, await Invocation.FailureOfAsync(1, arguments), StringComparison.Ordinal);
        Assert.False(Path.Exists(_scratch["out"]), "Something was written.");
    }
}
