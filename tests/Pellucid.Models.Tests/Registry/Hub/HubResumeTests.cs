namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>Connections that break, pulls that were stopped, and servers that send something else.</summary>
public sealed class HubResumeTests : HubFixture
{
    private string[] Ranges => [.. Server.Requests.Where(request => request.AtStore).Select(request => request.Range ?? "all")];

    [Fact]
    public async Task PullAsync_ConnectionCutTwice_GoesOnWhereItWas()
    {
        int cuts = 0;
        Server.Then = (request, reply) => request.AtStore && cuts++ < 2 ? reply with { CutAfter = 10_000 } : reply;
        await PullAsync();
        AssertWhole();
        Assert.Equal(["all", "bytes=10000-", "bytes=20000-"], Ranges);
        Assert.Equal([1.0, 2.0], Clock.Seconds);
    }

    [Fact]
    public async Task PullAsync_ConnectionAlwaysCut_GivesUpAndKeepsWhatHasCome()
    {
        Server.Then = (request, reply) => request.AtStore ? reply with { CutAfter = 100 } : reply;
        await RefusedAsync("cut, 6 times in a row", "goes on from what has come");
        Assert.Equal([1.0, 2, 4, 8, 16], Clock.Seconds);
        Assert.Equal(Server.Files[Weights][..600], File.ReadAllBytes(Incomplete));
        Server.Then = null;
        await PullAsync();
        AssertWhole();
        Assert.Equal("bytes=600-", Ranges[^1]);
    }

    [Fact]
    public async Task PullAsync_LeftoverOfAKilledPull_IsGoneOnWith()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, Server.Files[Weights][..39_999]);
        await PullAsync();
        AssertWhole();
        Assert.Equal(["bytes=39999-"], Ranges);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(50_000)]
    public async Task PullAsync_LeftoverOfTheWholeOrMore_IsCheckedAndPerhapsFetchedAnew(int length)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, [.. Server.Files[Weights], .. new byte[length - 40_000]]);
        await PullAsync();
        AssertWhole();
        Assert.Equal(length == 40_000 ? [] : ["all"], Ranges);
    }

    [Fact]
    public async Task PullAsync_LeftoverOfOtherContent_IsFetchedAnewOnce()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, new byte[5_000]);
        await PullAsync();
        AssertWhole();
        Assert.Equal(["bytes=5000-", "all"], Ranges);
    }

    [Fact]
    public async Task PullAsync_ServerWithoutRanges_StartsAnew()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, Server.Files[Weights][..5_000]);
        Server.Instead = request => request.AtStore ? new HubReply(200, Server.Files[Weights]) : null;
        await PullAsync();
        AssertWhole();
        Assert.Equal(["bytes=5000-"], Ranges);
    }

    [Fact]
    public async Task PullAsync_OtherRangeThanAsked_IsRefused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, Server.Files[Weights][..5_000]);
        Server.Then = (request, reply) => request.AtStore ? reply with { Headers = [("Content-Range", "bytes 1-35000/40000")] } : reply;
        await RefusedAsync("from byte 5000 of 40000", "bytes 1-35000/40000");
        Assert.Equal(5_000, new FileInfo(Incomplete).Length);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public async Task PullAsync_WrongContentTwice_IsNotKept(string file)
    {
        int asked = 0;
        Server.Then = (request, reply) => request.Path.EndsWith(file, StringComparison.Ordinal) && reply.Status == 200
            ? reply with { Body = [.. reply.Body[1..], (byte)++asked] }
            : reply;
        await RefusedAsync($"{file} of owner/tiny came twice", Server.HashOf(file));
        Assert.Equal(2, asked);
        Assert.False(File.Exists(Path.Combine(Snapshot, file)));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(ModelFolder, "blobs")), path => path.Contains(Server.HashOf(file), StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(ModelFolder, "refs", "main")));
    }

    [Fact]
    public async Task PullAsync_WrongContentOnce_IsFetchedAgain()
    {
        int asked = 0;
        Server.Then = (request, reply) => request.AtStore && asked++ == 0 ? reply with { Body = new byte[40_000] } : reply;
        await PullAsync();
        AssertWhole();
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task PullAsync_BodyWithoutEnd_IsStoppedAtItsSize()
    {
        Server.Then = (request, reply) => request.AtStore ? reply with { Announced = -1, Body = new byte[50_000_000] } : reply;
        await RefusedAsync("more of model.safetensors", "40000 bytes");
        Assert.InRange(new FileInfo(Incomplete).Length, 0, 40_000);
    }

    [Fact]
    public async Task PullAsync_OtherLengthAnnounced_IsRefused()
    {
        Server.Then = (request, reply) => request.AtStore ? reply with { Announced = 40_001 } : reply;
        await RefusedAsync("announces 40001 bytes", "40000 were expected");
    }

    [Fact]
    public async Task PullAsync_ServerThatFallsSilent_IsAskedAgain()
    {
        int asked = 0;
        Settings = Settings with { Silence = TimeSpan.FromMilliseconds(300) };
        Server.Then = (request, reply) => request.AtStore && asked++ == 0
            ? reply with { AfterPiece = () => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) }
            : reply;
        await PullAsync();
        AssertWhole();
        Assert.Equal(["all", "bytes=4096-"], Ranges);
    }

    [Fact]
    public async Task PullAsync_SlowServer_IsWaitedFor()
    {
        Server.Then = (request, reply) => request.AtStore ? reply with { AfterPiece = () => Task.Delay(20, TestContext.Current.CancellationToken) } : reply;
        await PullAsync();
        AssertWhole();
        Assert.Empty(Clock.Seconds);
    }

    [Fact]
    public async Task PullAsync_Cancelled_LeavesWhatTheNextGoesOnFrom()
    {
        using CancellationTokenSource source = new();
        Told stopper = new(progress =>
        {
            if (progress is { Stage: "download", Done: > 8_000 })
            {
                source.Cancel();
            }
        });
        Server.Then = (request, reply) => request.AtStore ? reply with { AfterPiece = () => Task.Delay(20) } : reply;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(progress: stopper, cancellation: source.Token));
        long come = new FileInfo(Incomplete).Length;
        Assert.InRange(come, 7_000, 39_999);
        Server.Then = null;
        await PullAsync();
        AssertWhole();
        Assert.Equal($"bytes={come}-", Ranges[^1]);
    }
}
