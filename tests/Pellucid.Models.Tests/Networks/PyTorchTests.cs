using System.Text.Json;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Networks;

/// <summary>Numbers of goldens/llama2c_hooks/make.py: a plain PyTorch module of the same weights, computed in double.</summary>
public sealed class PyTorchTests
{
    /// <summary>PyTorch's own float32 differs from its double by 8e-6 in the logits, which reach 17; ours may by ten times that.</summary>
    private const double LogitTolerance = 1e-4;

    /// <summary>
    /// Of a hook's largest value. PyTorch's own float32 differs by up to 3.3e-6 of it; ours may by three times that. Scores reach 114,
    /// where 1e-4 absolute would be less than a unit in the last place of the sums.
    /// </summary>
    private const double HookTolerance = 1e-5;

    public static TheoryData<string> Hooks => [.. Stories.Model260K.Hooks.Points.Select(point => point.Name)];

    private static readonly Lazy<(TokenBatch Tokens, Dictionary<string, Tensor> Arrays)> Numbers = new(Read);

    [Fact]
    public void Run_Stories260k_LogitsEqualPyTorchAtEveryPosition()
    {
        using Run run = Stories.Model260K.Run(Numbers.Value.Tokens);
        Close.Equal(Numbers.Value.Arrays["logits"], run.Logits, LogitTolerance, "logits");
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Run_OneHookCaptured_EqualsPyTorch(string hook)
    {
        Assert.True(Numbers.Value.Arrays.ContainsKey(hook), $"{hook} has no golden. Add it to goldens/llama2c_hooks/make.py and run that.");
        using Run run = Stories.Model260K.Run(Numbers.Value.Tokens, new RunOptions { Capture = Capture.Of(hook) });
        Tensor expected = Numbers.Value.Arrays[hook];
        double largest = expected.ToArray().Where(float.IsFinite).Max(Math.Abs);
        Close.Equal(expected, run[hook], HookTolerance * largest, hook);
        Close.Equal(Numbers.Value.Arrays["logits"], run.Logits, LogitTolerance, "logits beside " + hook);
    }

    [Fact]
    public void Run_EveryHookCaptured_EqualsPyTorch()
    {
        using Run run = Stories.Model260K.Run(Numbers.Value.Tokens, new RunOptions { Capture = Capture.All(Stories.Model260K) });
        foreach (HookPoint point in Stories.Model260K.Hooks.Points)
        {
            Tensor expected = Numbers.Value.Arrays[point.Name];
            Close.Equal(expected, run[point.Name], HookTolerance * expected.ToArray().Where(float.IsFinite).Max(Math.Abs), point.Name);
            Assert.Equal(point.Axes, run[point.Name].Shape.Axes.ToArray());
        }
    }

    [Fact]
    public void Goldens_OfHooks_AreThoseOfTheTable() => Assert.Equal(
        Stories.Model260K.Hooks.Points.Select(point => point.Name).Order(StringComparer.Ordinal),
        Numbers.Value.Arrays.Keys.Except(["ids", "logits"]).Order(StringComparer.Ordinal));

    [Fact]
    public void Run_Stories15m_LastLogitsEqualPyTorch()
    {
        Model model = Stories.Model15M;
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("llama2c_hooks/stories15m_logits.json")));
        int[] ids = [.. golden.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        using Run run = model.Run(TokenBatch.Of(ids));
        foreach (JsonElement row in golden.RootElement.GetProperty("rows").EnumerateArray())
        {
            int position = row.GetProperty("position").GetInt32();
            float[] logits = run.Logits.Row(position).ToArray();
            float[] expected = [.. row.GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())];
            float[] actual = [.. row.GetProperty("ids").EnumerateArray().Select(id => logits[id.GetInt32()])];
            Close.Equal(expected, actual, LogitTolerance, $"position {position}");
            double max = logits.Max(), sum = logits.Sum(value => Math.Exp(value - max));
            Assert.Equal(row.GetProperty("log_sum_exp").GetDouble(), max + Math.Log(sum), LogitTolerance);
        }
    }

    private static (TokenBatch Tokens, Dictionary<string, Tensor> Arrays) Read()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path("llama2c_hooks/stories260k.safetensors"));
        Dictionary<string, Tensor> arrays = file.Entries.Keys.ToDictionary(name => name, file.Read);
        Tensor ids = arrays["ids"];
        int[][] rows = [.. Enumerable.Range(0, ids.Shape[0]).Select(row => ids.AsSpan<int>().Slice(row * ids.Shape[1], ids.Shape[1]).ToArray())];
        return (TokenBatch.From(rows), arrays);
    }
}
