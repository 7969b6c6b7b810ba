using System.Text;
using Pellucid.Models.Registry.Hub;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>What is read of names, variables and lists of files.</summary>
public sealed class HubNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("owner/name", "owner/name", "main", null)]
    [InlineData("gpt2", "gpt2", "main", null)]
    [InlineData("owner/name@v1.0", "owner/name", "v1.0", null)]
    [InlineData("owner/name@refs/pr/1:sub/a.gguf", "owner/name", "refs/pr/1", "sub/a.gguf")]
    [InlineData("owner/name:a b.gguf", "owner/name", "main", "a b.gguf")]
    public void TryParse_Name_HasItsParts(string text, string id, string revision, string? file) =>
        Assert.Equal(new HubModelName(id, revision, file), HubModelName.TryParse(text));

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("./a")]
    [InlineData("../a")]
    [InlineData("/a/b")]
    [InlineData("a/")]
    [InlineData("a--b/c")]
    [InlineData("a/b..c")]
    [InlineData("a/b@")]
    [InlineData("a/b@x/../y")]
    [InlineData("a/b:/c")]
    [InlineData("a/b:../c")]
    [InlineData("C:\\models\\a")]
    [InlineData("a/b\nc")]
    [InlineData("a/b\n")]
    [InlineData("ä/b")]
    public void TryParse_OtherText_IsNone(string text) => Assert.Null(HubModelName.TryParse(text));

    [Fact]
    public void From_Variables_AreThoseOfTheOtherTools()
    {
        File.WriteAllText(_folder.File("token"), " hf_file \n");
        HubSettings plain = From(("HF_HOME", _folder.Path));
        Assert.Equal((Path.Combine(_folder.Path, "hub"), "hf_file", false, "https://huggingface.co/"), (plain.CacheFolder, plain.Token, plain.Offline, plain.Endpoint.AbsoluteUri));
        Assert.Equal("hf_2", From(("HF_HOME", _folder.Path), ("HUGGING_FACE_HUB_TOKEN", "hf_2")).Token);
        Assert.Equal("hf_1", From(("HF_HOME", _folder.Path), ("HUGGING_FACE_HUB_TOKEN", "hf_2"), ("HF_TOKEN", " hf_1\n")).Token);
        Assert.Equal(_folder.File("c"), From(("HF_HOME", _folder.Path), ("HF_HUB_CACHE", _folder.File("c"))).CacheFolder);
        Assert.Equal(Path.Combine(_folder.Path, "huggingface", "hub"), From(("XDG_CACHE_HOME", _folder.Path)).CacheFolder);
        Assert.Equal("http://localhost:8080/mirror", From(("HF_ENDPOINT", "http://localhost:8080/mirror/")).Endpoint.AbsoluteUri);
        Assert.All(["1", "true", "YES", "On"], value => Assert.True(From(("HF_HUB_OFFLINE", value)).Offline));
        Assert.All(["0", "", "false"], value => Assert.False(From(("HF_HUB_OFFLINE", value)).Offline));
    }

    [Theory]
    [InlineData("hub.example")]
    [InlineData("ftp://hub.example")]
    [InlineData("https://user:word@hub.example")]
    public void From_EndpointThatIsNone_IsRefused(string endpoint) =>
        Assert.Contains(endpoint, Assert.Throws<PellucidException>(() => From(("HF_ENDPOINT", endpoint))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("config.json model.safetensors pytorch_model.bin README.md onnx/model.onnx .gitattributes", "config.json model.safetensors")]
    [InlineData("config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors consolidated.safetensors original/a.pth", "config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors")]
    [InlineData("config.json pytorch_model.bin optimizer.pt training_args.bin", "config.json pytorch_model.bin")]
    [InlineData("pytorch_model.bin.index.json pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json pytorch_model-00001-of-00001.bin")]
    [InlineData("config.json net.safetensors x.gguf", "config.json net.safetensors")]
    [InlineData("sub/only.gguf README.md", "sub/only.gguf")]
    [InlineData("config.json tokenizer.json tokenizer_config.json vocab.json merges.txt vocab.txt tokenizer.model chat_template.jinja generation_config.json special_tokens_map.json modules.json 1_Pooling/config.json sentence_bert_config.json onnx/config.json model.safetensors", "config.json tokenizer.json tokenizer_config.json vocab.json merges.txt vocab.txt tokenizer.model chat_template.jinja generation_config.json special_tokens_map.json modules.json 1_Pooling/config.json sentence_bert_config.json model.safetensors")]
    public void Choose_Files_TakesTheParametersOnce(string there, string expected) => Assert.Equal(expected.Split(' '), Chosen(there));

    [Theory]
    [InlineData("a.gguf b.gguf", "a.gguf, b.gguf")]
    [InlineData("a.safetensors b.safetensors", "--file")]
    [InlineData("config.json README.md", "config.json, README.md")]
    public void Choose_NothingToTakeOrToChooseFrom_NamesTheFiles(string there, string part) =>
        Assert.Contains(part, Assert.Throws<PellucidException>(() => Chosen(there)).Message, StringComparison.Ordinal);

    [Fact]
    public void Choose_Patterns_TakeWhatTheyName()
    {
        Assert.Equal(["config.json", "b.Q4.gguf"], Chosen("config.json a.Q8.gguf b.Q4.gguf", "*Q4*"));
        Assert.Equal(["x/a.gguf", "x/b.gguf"], Chosen("x/a.gguf x/b.gguf y/c.gguf", "x/*"));
        Assert.Contains("no file '*Q5*'", Assert.Throws<PellucidException>(() => Chosen("a.Q8.gguf", "*Q5*")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_CorruptedListings_AreRefusedOrRead()
    {
        using HubServer server = new();
        server.Files["config.json"] = [1];
        server.Files["1_Pooling/config.json"] = [2];
        server.Files["model.safetensors"] = [3];
        server.Large.Add("model.safetensors");
        byte[] whole = Encoding.UTF8.GetBytes(server.Listing().ToJsonString());
        HubModelName name = HubModelName.TryParse(HubServer.Model)!;
        Assert.Equal(3, HubListing.Parse(name, whole).Files.Count);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<PellucidException>(() => HubListing.Parse(name, whole.AsMemory(0, length)));
        }

        SeededRandom random = new(5);
        for (int round = 0; round < 10_000; round++)
        {
            byte[] damaged = [.. whole];
            for (int changes = random.NextInt(4); changes >= 0; changes--)
            {
                damaged[random.NextInt(damaged.Length)] = (byte)random.NextInt(256);
            }

            try
            {
                HubListing listing = HubListing.Parse(name, damaged);
                Assert.True(HubListing.IsCommit(listing.Commit));
                Assert.All(listing.Files, file => Assert.True(HubPath.IsSafe(file.Path) && file.Bytes is null or >= 0));
            }
            catch (PellucidException error)
            {
                Close.IsOneLine(error);
            }
        }
    }

    private static HubSettings From(params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = variables.ToDictionary(pair => pair.Name, pair => pair.Value);
        return HubSettings.From(all.GetValueOrDefault);
    }

    private static string[] Chosen(string there, params string[] patterns) =>
        [.. HubSelection.Choose(new HubModelName("owner/tiny", "main", null), [.. there.Split(' ').Select(path => new HubFile(path, null, null))], patterns).Select(file => file.Path)];
}
