using System.Text.Json;

namespace Pellucid.Cli.Tests.Frame;

/// <summary>One small quickstart, whose store and dictionary the tests share. They read it only.</summary>
public sealed class StudyFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pellucid");

    /// <summary>The command line but for --out.</summary>
    internal static string[] Line { get; } = ["quickstart", "--tokens", "12000", "--latents", "128", "--k", "8"];

    internal string Folder => Path.Combine(_folder.FullName, "study");

    internal string Store => Path.Combine(Folder, "store");

    internal string Dictionary => Path.Combine(Folder, "dictionary");

    /// <summary>What it printed.</summary>
    internal JsonElement Result { get; private set; }

    public async ValueTask InitializeAsync() => Result = await Invocation.JsonOfAsync([.. Line, "--out", Folder]);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
