using System.Text.Json;
using Pellucid.Models.Registry;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Checkpoints.Gguf;

/// <summary>
/// The chat model of 1.1 billion parameters, where it was pulled, against PyTorch on the same weights: see goldens/tinyllama/make.py.
/// </summary>
public sealed class TinyLlamaTests
{
    private const string Id = "tinyllama-1.1b-chat";
    private const long LeastMemory = 8L << 30;

    /// <summary>Logits reach 12 and ours were met within 4e-5 of PyTorch's; another order of the sums may cost ten times that.</summary>
    private const double Tolerance = 4e-4;

    [Fact]
    public async Task Run_Prompt_IsWhatPyTorchComputes()
    {
        using Model model = await OpenAsync(DType.F32);
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllBytesAsync(Golden.Path("tinyllama/tinyllama.json"), TestContext.Current.CancellationToken));
        int[] prompt = Ids(golden, "prompt"), greedy = Ids(golden, "greedy");
        Assert.Equal(prompt, model.Tokenize("The capital of France is"));

        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path("tinyllama/tinyllama.safetensors"));
        using Tensor logits = file.Read("last_logits"), residuals = file.Read("last_resid_post");
        using Run run = model.Run(TokenBatch.Of(prompt), new RunOptions { Capture = Capture.Of([.. Enumerable.Range(0, model.Config.Layers).Select(Hook.ResidPost)]) });
        Close.Equal(logits.ToArray(), run.Logits.Row(prompt.Length - 1), Tolerance, "logits");
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            Close.Equal(residuals.Row(layer), run[Hook.ResidPost(layer)].Row(prompt.Length - 1)[..64], Tolerance, $"layer {layer}");
        }

        Generated made = model.Generate("The capital of France is", new GenerateOptions { MaxTokens = greedy.Length });
        Assert.Equal(greedy, made.Ids);
        Assert.Equal(golden.RootElement.GetProperty("text").GetString(), made.Text);
    }

    [Fact]
    public async Task Generate_QuestionInTheChatTemplatesForm_IsAnsweredInSense()
    {
        using Model model = await OpenAsync(DType.BF16);
        Assert.Equal(["default"], model.Tokenizer!.ChatTemplates.Keys);
        Assert.Equal([2], model.Config.StopIds);
        IReadOnlyList<int> ids = model.Tokenizer.Encode("<|user|>\nWhat is the capital of France?</s>\n<|assistant|>\n", new EncodeOptions { AddSpecial = true });
        Assert.Contains("Paris", model.Generate([ids], new GenerateOptions { MaxTokens = 20 })[0].Text, StringComparison.Ordinal);
    }

    private static async Task<Model> OpenAsync(DType storage)
    {
        string folder = Path.Combine(ModelCache.Default.Folder, Id);
        Assert.SkipUnless(Directory.Exists(folder), $"{Id} is not on this machine; get it: pellucid model pull {Id}");
        Assert.SkipUnless(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= LeastMemory, $"{Id} takes 4.4 GB as single-precision numbers");
        return await Model.OpenAsync(folder, new OpenOptions { WeightStorage = storage }, TestContext.Current.CancellationToken);
    }

    private static int[] Ids(JsonDocument golden, string name) => [.. golden.RootElement.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
