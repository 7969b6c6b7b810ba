using Pellucid.Models.Registry.Hub;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>What a pull leaves in the cache, and what it asks for.</summary>
public sealed class HubPullTests : HubFixture
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PullAsync_Model_IsKeptInTheSharedLayout(bool describes)
    {
        Server.Describes = describes;
        List<PullProgress> seen = [];
        PulledModel pulled = await PullAsync(progress: new Told(seen.Add));
        AssertWhole();
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(ModelFolder, "refs", "main")));
        Assert.Equal($"../../blobs/{Server.HashOf(Weights)}", new FileInfo(Path.Combine(Snapshot, Weights)).LinkTarget);
        Assert.Equal($"../../blobs/{Server.HashOf("config.json")}", new FileInfo(Path.Combine(Snapshot, "config.json")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(Settings.CacheFolder, ".locks", "models--owner--tiny", Server.HashOf(Weights) + ".lock")));
        Assert.True(pulled is { WasPresent: false, Model: { Id: HubServer.Model, Commit: HubServer.Commit, Licence: "mit", Bytes: 40_002, IsPresent: true } });
        Assert.Equal(Snapshot, pulled.Model.Location);
        Assert.Equal(new PullProgress("download", 40_002, 40_002), seen[^1]);
        Assert.Equal(describes ? 0 : 2, Server.Requests.Count(request => request.Method == "HEAD"));
    }

    [Fact]
    public async Task PullAsync_FileInAFolder_LinksUpwards()
    {
        Server.Files["1_Pooling/config.json"] = "{\"a\":1}"u8.ToArray();
        await PullAsync();
        AssertWhole();
        Assert.Equal($"../../../blobs/{Server.HashOf("1_Pooling/config.json")}", new FileInfo(Path.Combine(Snapshot, "1_Pooling", "config.json")).LinkTarget);
    }

    [Fact]
    public async Task PullAsync_ModelThatIsThere_FetchesNoFile()
    {
        await PullAsync();
        int asked = Server.Requests.Count;
        Assert.True((await PullAsync()).WasPresent);
        Assert.Equal(asked + 1, Server.Requests.Count); // the listing, which may have changed
    }

    [Fact]
    public async Task PullAsync_BlobThatIsDamaged_IsFetchedAnew()
    {
        await PullAsync();
        File.WriteAllBytes(Blob, new byte[40_000]);
        Assert.False((await PullAsync()).WasPresent);
        AssertWhole();
    }

    [Fact]
    public async Task PullAsync_OtherRevision_HasAReferenceOfItsOwn()
    {
        PulledModel pulled = await PullAsync("owner/tiny@refs/pr/3");
        Assert.Equal("owner/tiny@refs/pr/3", pulled.Model.Id);
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(ModelFolder, "refs", "refs", "pr", "3")));
        Assert.Contains(Server.Requests, request => request.Path.EndsWith("/revision/refs%2Fpr%2F3?blobs=true", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(ModelFolder, "refs", "main")));
        Assert.Equal("owner/tiny@refs/pr/3", Assert.Single(HubModels.List(Settings)).Id);
    }

    [Fact]
    public async Task PullAsync_TokenAndRedirect_TokenStaysWithTheHub()
    {
        Settings = Settings with { Token = "hf_secret" };
        await PullAsync();
        Assert.All(Server.Requests, request => Assert.Equal(request.AtStore ? null : "Bearer hf_secret", request.Token));
        Assert.Single(Server.Requests, request => request.AtStore);
    }

    [Fact]
    public async Task PullAsync_RenamedModel_IsFollowed()
    {
        Server.Instead = request => request.Path.Contains("/old/", StringComparison.Ordinal)
            ? new HubReply(307, [], ("Location", request.Path.Replace("/old/", "/owner/", StringComparison.Ordinal)))
            : null;
        PulledModel pulled = await PullAsync("old/tiny");
        Assert.Equal(Path.Combine(Settings.CacheFolder, "models--old--tiny", "snapshots", HubServer.Commit), pulled.Model.Location);
        Assert.Equal(Server.Files[Weights], File.ReadAllBytes(Path.Combine(pulled.Model.Location!, Weights)));
    }

    [Fact]
    public async Task PullAsync_TwoAtOnce_FetchEachFileOnce()
    {
        TaskCompletionSource first = new(), release = new();
        Settings = Settings with { Clock = TimeProvider.System };
        Server.Then = (request, reply) => request.AtStore ? reply with { AfterPiece = () => { first.TrySetResult(); return release.Task; } } : reply;
        Task<PulledModel> one = PullAsync();
        await first.Task;
        Task<PulledModel> two = PullAsync();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(two.IsCompleted);
        release.SetResult();
        await Task.WhenAll(one, two);
        AssertWhole();
        Assert.Single(Server.Requests, request => request.AtStore);
    }

    [Fact]
    public async Task PullAsync_FilesChosen_ComeWithTheSmallOnes()
    {
        Server.Files["a.Q4_K_M.gguf"] = [1, 2, 3];
        Server.Files["a.Q8_0.gguf"] = [4, 5, 6];
        await PullAsync(files: "*Q4*");
        Assert.Equal(["a.Q4_K_M.gguf", "config.json"], Directory.GetFiles(Snapshot).Select(path => Path.GetFileName(path)!).Order());
    }

    [Fact]
    public async Task PullAsync_Offline_TakesWhatIsThereAndAsksNobody()
    {
        Settings = Settings with { Offline = true };
        await RefusedAsync("HF_HUB_OFFLINE", HubServer.Model, Settings.CacheFolder);
        Assert.Empty(Server.Requests);
        Settings = Settings with { Offline = false };
        await PullAsync();
        Server.Requests.Clear();
        Settings = Settings with { Offline = true };
        Assert.True((await PullAsync()) is { WasPresent: true, Model.Commit: HubServer.Commit });
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("stories15")]
    [InlineData("../tiny")]
    [InlineData("owner/../tiny")]
    [InlineData("/etc/passwd")]
    [InlineData("owner/tiny@../../x")]
    [InlineData("owner/tiny:../x.gguf")]
    [InlineData("owner/tiny/more")]
    [InlineData("a b/c")]
    [InlineData("")]
    public async Task PullAsync_NoName_AsksNobody(string name)
    {
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => PullAsync(name));
        Assert.Contains("stories15m", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task PullAsync_FilesOfARegistryModel_AreRefused() =>
        Assert.Contains("*.gguf", (await Assert.ThrowsAsync<PellucidException>(() => PullAsync("stories260k", files: "*.gguf"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task PullAsync_CacheThatCannotBeWritten_IsOneClearError()
    {
        File.WriteAllText(Settings.CacheFolder, "a file where the folder should be");
        await RefusedAsync("HF_HOME", "goes on from what has come");
    }
}
