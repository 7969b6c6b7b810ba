using System.Diagnostics;
using Pellucid.Models.Registry;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Registry;

/// <summary>Scripts stand in for npm.</summary>
public sealed class NpmPackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_Npm_IsAskedToPackIntoTheFolder()
    {
        await NpmPack.RunAsync(Script("echo \"$@\" > \"$4/asked\""), "thing@1.0.0", _folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal($"pack thing@1.0.0 --pack-destination {_folder.Path} --ignore-scripts\n", File.ReadAllText(_folder.File("asked")));
    }

    [Fact]
    public async Task RunAsync_MuchOutput_DoesNotBlock() => await NpmPack.RunAsync(
        Script("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"), "thing@1.0.0", _folder.Path, TestContext.Current.CancellationToken);

    [Fact]
    public async Task RunAsync_NpmThatFails_SaysWhy()
    {
        PellucidException error = await RefusedAsync(
            Script("echo 'npm notice noise' >&2; echo 'npm error code ENOTFOUND' >&2; echo 'npm error network request failed' >&2; exit 1"));
        Assert.Contains("thing@1.0.0 (code ENOTFOUND; network request failed)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NpmThatFailsSilently_GivesItsExitCode() =>
        Assert.Contains("it ended with 7", (await RefusedAsync(Script("exit 7"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_NpmThatIsMissing_SaysWhatToInstall() =>
        Assert.Contains("Install Node.js", (await RefusedAsync(_folder.File("no-npm-here"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_Cancelled_EndsNpmAtOnce()
    {
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(300));
        long started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => NpmPack.RunAsync(Script("sleep 60"), "thing@1.0.0", _folder.Path, source.Token));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "the script was waited for");
    }

    private async Task<PellucidException> RefusedAsync(string npm)
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(
            () => NpmPack.RunAsync(npm, "thing@1.0.0", _folder.Path, TestContext.Current.CancellationToken));
        Close.IsOneLine(error);
        return error;
    }

    private string Script(string body)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the stand-ins are shell scripts");
            return "";
        }

        string path = _folder.File("npm");
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
