using System.Diagnostics;
using System.Text.Json;
using Pellucid.Cli.Frame;
using Pellucid.Cli.Tests.Frame;

namespace Pellucid.Cli.Tests;

/// <summary>What only the real program can show: its streams, its exit codes and its signals.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pellucid");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Pellucid_Json_WritesOneDocumentOnStandardOutputAndNothingElse()
    {
        using Process process = Start("generate", "stories260k", "Lily \u00e9", "--max-tokens", "5", "--json");
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal("Lily \u00e9", document.RootElement.GetProperty("prompt").GetString());
        Assert.Equal(1, output.Count(character => character == '\n'));
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData(2, "bogus")]
    [InlineData(1, "generate", "nosuchmodel", "x")]
    public async Task Pellucid_Failure_ReturnsItsCodeWithOneLineOnStandardError(int code, params string[] arguments)
    {
        using Process process = Start(arguments);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, process.ExitCode);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Pellucid_InterruptedInALongGeneration_StopsSoonAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill(2).");
        string model = SlowModel.Write(Path.Combine(_folder.FullName, "slow.bin"));
        using Process process = Start("generate", model, "", "--max-tokens", "100000", "--json");
        await Task.Delay(2000, TestContext.Current.CancellationToken); // it opens the model in well under a second
        Assert.False(process.HasExited, "The model was meant to take long.");
        long sent = Stopwatch.GetTimestamp();
        PellucidProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // The promise is one second; the other one is for a machine that runs other tests at the same time.
        Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 0, 2);
        Assert.Equal(130, process.ExitCode);
        Assert.Equal(Interruption.Message, (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static Process Start(params string[] arguments) => PellucidProcess.Start(arguments);
}
