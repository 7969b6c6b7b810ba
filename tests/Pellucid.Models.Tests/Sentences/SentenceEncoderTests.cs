using System.Text.Json;
using Pellucid.Models.Registry;
using Pellucid.Models.Tests.HuggingFace;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Sentences;

public sealed class SentenceEncoderTests : IDisposable
{
    private const double Rounding = 1e-5;

    private static readonly string[] Texts = ["w3", "w7 w9 w12 w50", "w4 w4 w5", "w99 w1 w2 w3 w4 w5 w6 w7"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert", SentencePooling.Mean)]
    [InlineData("bert", SentencePooling.First)]
    [InlineData("bert", SentencePooling.Last)]
    [InlineData("bert", SentencePooling.Max)]
    [InlineData("qwen3", SentencePooling.Mean)]
    public async Task Embed_TextsOfDifferentLengths_AreThePooledLastVectors(string name, SentencePooling pooling)
    {
        using Model model = await OpenAsync(name);
        float[][] embeddings = Embed(model, Texts, new SentenceOptions { Pooling = pooling, Normalize = false });
        string hook = name == "bert" ? Hook.NormalizedResidPost(model.Config.Layers - 1) : Hook.FinalNormalized;
        using ModelParameters parameters = model.CopyParameters();
        for (int text = 0; text < Texts.Length; text++)
        {
            using Run run = model.Run(TokenBatch.Of(model.Tokenizer!.Encode(Texts[text])), new RunOptions { Capture = Capture.Of(hook) });
            int length = run[hook].Shape[1];
            float[] expected = [.. Enumerable.Range(0, model.Config.DModel).Select(i =>
            {
                float[] values = [.. Enumerable.Range(0, length).Select(position => run[hook][0, position, i] * (name == "bert" ? 1 : parameters["ln_final.w"][i]))];
                return pooling switch { SentencePooling.Mean => values.Average(), SentencePooling.First => values[0], SentencePooling.Last => values[^1], _ => values.Max() };
            })];
            Close.Equal(expected, embeddings[text], Rounding * 10, $"text {text}");
        }
    }

    [Fact]
    public async Task Embed_Normalized_HasLengthOne()
    {
        using Model model = await OpenAsync("bert");
        Assert.All(Embed(model, Texts), embedding => Assert.Equal(1, Math.Sqrt(embedding.Sum(value => (double)value * value)), Rounding));
    }

    [Fact]
    public async Task Embed_LongText_IsThatOfItsFirstTokens()
    {
        using Model model = await OpenAsync("bert");
        string text = string.Join(' ', Enumerable.Range(1, 90).Select(index => $"w{index}"));
        Assert.Equal(Embed(model, [string.Join(' ', text.Split(' ')[..40])])[0], Embed(model, [text])[0]); // a context of 40
        Assert.Equal(Embed(model, ["w1 w2 w3"])[0], Embed(model, [text], new SentenceOptions { MaxTokens = 3 })[0]);
    }

    [Theory]
    [InlineData("pooling_mode_mean_tokens", true, SentencePooling.Mean)]
    [InlineData("pooling_mode_cls_token", false, SentencePooling.First)]
    [InlineData("pooling_mode_lasttoken", true, SentencePooling.Last)]
    public async Task OpenAsync_FolderOfSentenceTransformers_HasItsOptionsAndKeepsThem(string mode, bool normalized, SentencePooling pooling)
    {
        Copy("bert");
        Directory.CreateDirectory(_folder.File("1_Pooling"));
        File.WriteAllText(_folder.File("1_Pooling/config.json"), $"{{\"word_embedding_dimension\":48,\"{mode}\":true,\"pooling_mode_max_tokens\":false}}");
        File.WriteAllText(_folder.File("sentence_bert_config.json"), "{\"max_seq_length\":30}");
        File.WriteAllText(_folder.File("modules.json"), Modules("1_Pooling", normalized));
        using Model model = await Model.OpenAsync(_folder.Path, TestContext.Current.CancellationToken);
        SentenceOptions expected = new() { Pooling = pooling, Normalize = normalized, MaxTokens = 30 };
        Assert.Equal(expected, model.Sentences);
        await model.SaveAsync(_folder.File("saved"), cancellationToken: TestContext.Current.CancellationToken);
        using Model again = await Model.OpenAsync(_folder.File("saved"), TestContext.Current.CancellationToken);
        Assert.Equal(expected, again.Sentences);
        Assert.Equal(expected, model.With(Intervention.Zero(Hook.AttnOut(0))).Sentences);
        using Model processed = await Model.OpenAsync(_folder.Path, new OpenOptions { Processing = WeightProcessing.Standard }, TestContext.Current.CancellationToken);
        Assert.Equal(expected, processed.Sentences);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc")]
    [InlineData("..")]
    public async Task OpenAsync_StepOutsideOfTheFolder_IsRefused(string path)
    {
        Copy("bert");
        File.WriteAllText(_folder.File("modules.json"), Modules(path, true));
        Close.IsOneLine(await Assert.ThrowsAsync<BadFileException>(() => Model.OpenAsync(_folder.Path, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Embed_MiniLm_EqualsPyTorch()
    {
        Assert.SkipUnless(
            KnownModel.Find("minilm-l6-v2") is { } known && ModelCache.Default.Has(known), "minilm-l6-v2 is not on this machine; get it: pellucid model pull minilm-l6-v2");
        using Model model = ModelRegistry.Open("minilm-l6-v2");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("huggingface/minilm.json")));
        foreach (JsonElement text in document.RootElement.EnumerateArray())
        {
            string words = text.GetProperty("text").GetString()!;
            Assert.Equal([.. text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())], model.Tokenizer!.EncodeSequence(words));
            float[] expected = [.. text.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
            Close.Equal(expected, Embed(model, [words])[0], Rounding, words); // values of a vector of length 1, computed in double there
        }
    }

    private static float[][] Embed(Model model, IReadOnlyList<string> texts, SentenceOptions? options = null) =>
        model.Embed(texts, options, TestContext.Current.CancellationToken);

    private static string Modules(string path, bool normalized) => $$"""
        [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"{{path}}","type":"sentence_transformers.models.Pooling"}
        {{(normalized ? ",{\"idx\":2,\"name\":\"2\",\"path\":\"2_Normalize\",\"type\":\"sentence_transformers.models.Normalize\"}" : "")}}]
        """;

    private static Task<Model> OpenAsync(string name) => Model.OpenAsync(
        HuggingFaceFixture.Folder(name), new OpenOptions { Tokenizer = WordTokenizer.Of(Enumerable.Range(0, 100).Select(index => $"w{index}")) }, TestContext.Current.CancellationToken);

    private void Copy(string name)
    {
        foreach (string file in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(Path.Combine(HuggingFaceFixture.Folder(name), file), _folder.File(file));
        }
    }
}
