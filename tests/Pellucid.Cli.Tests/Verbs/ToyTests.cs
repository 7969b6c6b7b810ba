using System.Text.Json;
using System.Xml.Linq;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

public sealed class ToyTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("0", "0.5", "ignored")]
    [InlineData("0", "2", "dedicated")]
    [InlineData("0.95", "0.9", "antipodal")]
    public async Task Superposition_TwoFeatures_NamesThePhase(string sparsity, string importance, string solution)
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "superposition", "--features", "2", "--hidden", "1", "--sparsity", sparsity, "--importance", importance);
        Assert.Equal("loss loss_standard_error weights bias dimensionality d_star solution importance restarts out", Invocation.Keys(json));
        Assert.Equal(solution, json.GetProperty("solution").GetString());
        Assert.Equal((32, 0.0), (json.GetProperty("restarts").GetInt32(), json.GetProperty("loss_standard_error").GetDouble()));
        JsonElement row = Assert.Single(json.GetProperty("weights").EnumerateArray());
        Assert.Equal((2, 2, 2), (row.GetArrayLength(), json.GetProperty("bias").GetArrayLength(), json.GetProperty("dimensionality").GetArrayLength()));
        Assert.Equal(double.Parse(importance, System.Globalization.CultureInfo.InvariantCulture), json.GetProperty("importance")[1].GetDouble());
    }

    [Fact]
    public async Task Superposition_Saved_OpensWithOtherVerbs()
    {
        string folder = _scratch["pentagon"];
        JsonElement json = await Invocation.JsonOfAsync("toy", "superposition", "--features", "5", "--hidden", "2", "--sparsity", "0.95", "--importance", "1", "--seed", "4", "--out", folder);
        Assert.Equal("pentagon", json.GetProperty("solution").GetString());
        Assert.True(json.GetProperty("loss_standard_error").GetDouble() > 0);
        JsonElement run = await Invocation.JsonOfAsync("run", folder, "--text", "f3");
        Assert.Equal(3, run.GetProperty("top")[0].GetProperty("id").GetInt32());
        JsonElement show = await Invocation.JsonOfAsync("model", "show", folder);
        Assert.Equal("toy", show.GetProperty("config").GetProperty("architecture").GetString());
        Assert.Contains("\"kind\":\"toy\"", await File.ReadAllTextAsync(Path.Combine(folder, "truth.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Superposition_SameSeed_GivesTheSameBytes()
    {
        string[] arguments = ["toy", "superposition", "--features", "3", "--hidden", "2", "--sparsity", "0.7", "--importance", "0.9", "--seed", "5", "--json"];
        Assert.Equal((await Invocation.OfAsync(arguments)).Output, (await Invocation.OfAsync(arguments)).Output);
    }

    [Fact]
    public async Task PhaseDiagram_Out_WritesPictureAndNumbers()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "phase-diagram", "--points", "6", "--seeds", "6", "--out", _scratch["phases.svg"]);
        Assert.Equal("out numbers features points seeds ignored dedicated antipodal agreement agreement_off_boundary", Invocation.Keys(json));
        Assert.Equal(1, json.GetProperty("ignored").GetDouble() + json.GetProperty("dedicated").GetDouble() + json.GetProperty("antipodal").GetDouble(), 1e-9);
        Assert.InRange(json.GetProperty("agreement").GetDouble(), 0.8, 1);
        XDocument picture = XDocument.Load(_scratch["phases.svg"]);
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(36 + 1 + 3, picture.Descendants(svg + "rect").Count()); // points, the frame, the legend
        using JsonDocument numbers = JsonDocument.Parse(await File.ReadAllTextAsync(_scratch["phases.json"], TestContext.Current.CancellationToken));
        Assert.Equal(6, numbers.RootElement.GetProperty("solution").GetArrayLength());
        Assert.Equal(1, numbers.RootElement.GetProperty("densities")[5].GetDouble(), 1e-12);
        Assert.Equal("dedicated", numbers.RootElement.GetProperty("solution")[5][5].GetString());
    }

    [Fact]
    public async Task Geometry_Out_WritesPictureAndNumbers()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "geometry", "--features", "6", "--hidden", "2", "--points", "4", "--out", _scratch["geometry.svg"]);
        Assert.Equal(4, json.GetProperty("points").GetArrayLength());
        Assert.True(json.GetProperty("points")[3].GetProperty("d_star").GetDouble() < json.GetProperty("points")[0].GetProperty("d_star").GetDouble());
        _ = XDocument.Load(_scratch["geometry.svg"]);
        Assert.True(File.Exists(_scratch["geometry.json"]));
    }

    [Fact]
    public async Task Correlated_Out_WritesPictureAndNumbers()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "correlated", "--restarts", "8", "--out", _scratch["correlated.svg"]);
        Assert.Equal(-1, json.GetProperty("models")[1].GetProperty("cosine_within").GetDouble(), 0.001);
        _ = XDocument.Load(_scratch["correlated.svg"]);
        Assert.True(File.Exists(_scratch["correlated.json"]));
    }

    [Fact]
    public async Task AbsoluteValue_Small_CountsNeurons()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "absolute-value", "--features", "6", "--hidden", "4", "--restarts", "2");
        Assert.Equal(10, json.GetProperty("points").GetArrayLength());
        Assert.Equal(4, json.GetProperty("points")[1].GetProperty("monosemantic").GetInt32());
    }

    [Fact]
    public async Task Adversarial_Small_PredictsItsAttacks()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "adversarial", "--features", "10", "--hidden", "4", "--sparsity", "0.9");
        Assert.All(json.GetProperty("attacks").EnumerateArray(), attack =>
            Assert.Equal(attack.GetProperty("predicted").GetDouble(), attack.GetProperty("found").GetDouble(), 1e-3));
    }

    [Theory]
    [InlineData("0 to below 1", "--sparsity", "1")]
    [InlineData("0 to below 1", "--sparsity", "NaN")]
    [InlineData("at least 1", "--hidden", "0")]
    [InlineData("at least 1", "--features", "-3")]
    [InlineData("above 0", "--importance", "0")]
    [InlineData("at least 32", "--restarts", "31")]
    public async Task Superposition_Rubbish_Returns2(string expected, string option, string value) =>
        Assert.Contains(expected, await Invocation.FailureOfAsync(2, "toy", "superposition", option, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("--features", "1000000")]
    [InlineData("--hidden", "2000000000")]
    [InlineData("--restarts", "2000000000")]
    public async Task Superposition_AbsurdSize_Returns1(string option, string value) =>
        Assert.NotEmpty(await Invocation.FailureOfAsync(1, ["toy", "superposition", .. option == "--features" ? ["--hidden", "1000"] : Array.Empty<string>(), option, value]));

    [Fact]
    public async Task Superposition_ImportanceThatVanishes_HasNoLossBelowZero()
    {
        JsonElement json = await Invocation.JsonOfAsync("toy", "superposition", "--features", "2", "--hidden", "1", "--importance", "1e-30");
        Assert.InRange(json.GetProperty("loss").GetDouble(), 0, 1e-12);
    }

    [Fact]
    public async Task Correlated_AbsurdSize_Returns1() =>
        Assert.Contains("hours", await Invocation.FailureOfAsync(1, "toy", "correlated", "--restarts", "2000000000", "--out", _scratch["many.svg"]), StringComparison.Ordinal);

    [Fact]
    public async Task Adversarial_AbsurdSize_Returns1() =>
        Assert.Contains("hours", await Invocation.FailureOfAsync(1, "toy", "adversarial", "--features", "2000"), StringComparison.Ordinal);

    [Fact]
    public async Task PhaseDiagram_BadFile_IsRefused()
    {
        Assert.Contains(".svg", await Invocation.FailureOfAsync(2, "toy", "phase-diagram", "--out", "phases.png"), StringComparison.Ordinal);
        Directory.CreateDirectory(_scratch["folder.svg"]);
        Assert.Contains("is a folder", await Invocation.FailureOfAsync(1, "toy", "phase-diagram", "--out", _scratch["folder.svg"]), StringComparison.Ordinal);
    }
}
