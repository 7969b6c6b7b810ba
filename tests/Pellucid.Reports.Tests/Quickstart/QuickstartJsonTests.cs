using System.Text.Json;

namespace Pellucid.Reports.Tests;

public sealed class QuickstartJsonTests
{
    [Fact]
    public void Serialize_Result_HasTheKeysOfTheContract()
    {
        using JsonDocument document = JsonDocument.Parse(QuickstartJson.Serialize(Results.Make()));
        JsonElement root = document.RootElement;
        Assert.All(
            (string[])[
                "model", "hook", "tokens", "d_in", "d_sae", "k", "l0", "variance_explained", "ce", "ce_zero", "ce_mean", "ce_spliced", "loss_recovered",
                "loss_recovered_mean", "dead_fraction", "scores", "latents", "seconds", "report"],
            key => Assert.True(root.TryGetProperty(key, out _), key));
        JsonElement score = root.GetProperty("scores").GetProperty("latents").GetProperty("pattern");
        Assert.Equal((0.375, 0.625), (score.GetProperty("top_and_random_ci")[0].GetDouble(), score.GetProperty("top_and_random_ci")[1].GetDouble()));
        Assert.Equal((100, 1, 17), (score.GetProperty("n").GetInt32(), score.GetProperty("n_undefined").GetInt32(), score.GetProperty("n_undefined_random_only").GetInt32()));
        Assert.All(
            (string[])["index", "density", "explanation", "top_and_random", "random_only", "causal_percentile"],
            key => Assert.True(root.GetProperty("latents")[0].TryGetProperty(key, out _), key));
    }

    [Fact]
    public void Serialize_UndefinedNumbers_AreNull()
    {
        using JsonDocument document = JsonDocument.Parse(QuickstartJson.Serialize(Results.Make()));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("dead_fraction").ValueKind);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("loss_recovered_mean").ValueKind);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("latents")[0].GetProperty("random_only").ValueKind);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("scores").GetProperty("empty").GetProperty("pattern").GetProperty("top_and_random_ci")[0].ValueKind);
    }

    [Fact]
    public void Write_Result_LeavesOutWhatAnotherRunWouldNotRepeat()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("json").FullName, "result.json");
        try
        {
            QuickstartJson.Write(Results.Make(), path);
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            Assert.False(document.RootElement.TryGetProperty("seconds", out _));
            Assert.False(document.RootElement.TryGetProperty("report", out _));
            Assert.Equal(3, document.RootElement.GetProperty("seed").GetInt32());
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
