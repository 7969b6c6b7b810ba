using Pellucid.Models.Registry.Hub;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>A hub with a small model of 40 KB, a cache folder, and a clock that does not wait.</summary>
public abstract class HubFixture : IDisposable
{
    private protected const string Weights = "model.safetensors";

    private readonly TemporaryFolder _folder = new();

    private protected HubFixture()
    {
        byte[] weights = new byte[40_000];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (byte)((i * 31) ^ (i >> 8));
        }

        Server.Files["config.json"] = "{}"u8.ToArray();
        Server.Files[Weights] = weights;
        Server.Large.Add(Weights);
        Settings = new HubSettings
        {
            Endpoint = new Uri(Server.Endpoint),
            CacheFolder = _folder.File("hub"),
            Clock = Clock,
            Silence = TimeSpan.FromSeconds(20),
        };
    }

    private protected HubServer Server { get; } = new();

    private protected InstantClock Clock { get; } = new();

    private protected HubSettings Settings { get; set; }

    private protected string ModelFolder => Path.Combine(Settings.CacheFolder, "models--owner--tiny");

    private protected string Snapshot => Path.Combine(ModelFolder, "snapshots", HubServer.Commit);

    private protected string Blob => Path.Combine(ModelFolder, "blobs", Server.HashOf(Weights));

    private protected string Incomplete => Blob + ".incomplete";

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<PulledModel> PullAsync(string name = HubServer.Model, IProgress<PullProgress>? progress = null, CancellationToken? cancellation = null, params string[] files) =>
        ModelRegistry.PullAsync(name, new PullOptions { Files = files }, Settings, progress, cancellation ?? TestContext.Current.CancellationToken);

    /// <summary>A pull that must fail with one line, which has these parts.</summary>
    private protected async Task<string> RefusedAsync(params string[] parts)
    {
        Exception error = await Assert.ThrowsAnyAsync<Tensors.PellucidException>(() => PullAsync());
        Close.IsOneLine(error);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        return error.Message;
    }

    private protected void AssertWhole()
    {
        foreach ((string path, byte[] content) in Server.Files)
        {
            Assert.Equal(content, File.ReadAllBytes(Path.Combine(Snapshot, path)));
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(ModelFolder, "*", SearchOption.AllDirectories), path => path.EndsWith(".incomplete", StringComparison.Ordinal) || path.EndsWith(".partial", StringComparison.Ordinal));
    }

    private protected sealed class Told(Action<PullProgress> action) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => action(value);
    }
}
