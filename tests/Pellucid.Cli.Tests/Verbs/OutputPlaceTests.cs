using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests.Verbs;

/// <summary>What verbs that make models, stores and pictures refuse to write over, or into, before any work is done.</summary>
public sealed class OutputPlaceTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("compile", "reverse")]
    [InlineData("toy", "superposition")]
    [InlineData("plant", "network", "trojan")]
    public async Task Verbs_FolderOfAnotherModel_ChangeNothing(params string[] line)
    {
        string plain = _scratch["plain"];
        Directory.CreateDirectory(plain);
        _scratch.Text(Path.Combine("plain", "config.json"), "{}");
        await RefusesAsync(line, plain);
        string[][] others = [["compile", "shift"], ["toy", "superposition", "--sparsity", "0.5"], ["plant", "network", "shortcut"]];
        foreach (string[] other in others)
        {
            string folder = _scratch[string.Join(' ', other)];
            await Invocation.JsonOfAsync([.. other, "--out", folder]);
            await RefusesAsync(line, folder);
        }
    }

    [Fact]
    public async Task Superposition_FolderOfTheSameTask_IsWrittenAgain()
    {
        string[] line = ["toy", "superposition", "--sparsity", "0.9", "--out", _scratch["toy"]];
        await Invocation.JsonOfAsync(line);
        SortedDictionary<string, string> before = PellucidProcess.Contents(_scratch["toy"]);
        await Invocation.JsonOfAsync(line);
        Assert.Equal(before, PellucidProcess.Contents(_scratch["toy"]));
    }

    [Theory]
    [InlineData("", "compile", "reverse")]
    [InlineData("", "toy", "superposition", "--features", "300", "--hidden", "100")]
    [InlineData("", "plant", "network", "trojan")]
    [InlineData("", "plant", "activations")]
    [InlineData("", "plant", "recovery")]
    [InlineData("", "harvest", "stories260k", "tinystories", "--at", "hook_embed")]
    [InlineData(".svg", "toy", "phase-diagram")]
    [InlineData(".svg", "toy", "geometry")]
    [InlineData(".svg", "toy", "correlated")]
    public async Task Verbs_PlaceBelowAFile_IsRefusedBeforeTheWork(string ending, params string[] line)
    {
        string file = _scratch.Text("file", "precious");
        Invocation invocation = await Invocation.OfAsync([.. line, "--out", Path.Combine(file, "below" + ending)]);
        Assert.Equal((1, $"'{file}' is a file, and --out needs a folder there. Choose another --out."), (invocation.ExitCode, invocation.Error.Trim()));
        Assert.Equal("precious", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Verbs_FolderThatTakesNoFiles_IsRefusedBeforeTheWork()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "This system has no folder in which nobody can write.");
        Invocation invocation = await Invocation.OfAsync("toy", "superposition", "--out", "/proc/toy");
        Assert.Equal(1, invocation.ExitCode);
        Assert.StartsWith("Nothing can be written in '/proc'", invocation.Error, StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(string[] line, string folder)
    {
        SortedDictionary<string, string> before = PellucidProcess.Contents(folder);
        Assert.Contains("Choose another --out", await Invocation.FailureOfAsync(1, [.. line, "--out", folder]), StringComparison.Ordinal);
        Assert.Equal(before, PellucidProcess.Contents(folder));
    }
}
