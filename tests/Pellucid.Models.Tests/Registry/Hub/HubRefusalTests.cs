using System.Text;
using System.Text.Json.Nodes;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>Servers that say no, are busy, or are no hub.</summary>
public sealed class HubRefusalTests : HubFixture
{
    [Theory]
    [InlineData(429, "17", 17)]
    [InlineData(503, "3", 3)]
    [InlineData(429, "Thu, 01 Jan 2026 00:00:42 GMT", 42)]
    [InlineData(429, "Wed, 31 Dec 2025 00:00:00 GMT", 1)]
    [InlineData(429, null, 1)]
    [InlineData(500, null, 1)]
    [InlineData(502, null, 1)]
    [InlineData(504, null, 1)]
    public async Task PullAsync_BusyHub_IsAskedAgainWhenItSays(int status, string? after, int seconds)
    {
        int asked = 0;
        Server.Instead = _ => asked++ == 0 ? new HubReply(status, [], after is null ? [] : [("Retry-After", after)]) : null;
        await PullAsync();
        AssertWhole();
        Assert.Equal([seconds], Clock.Seconds);
    }

    [Fact]
    public async Task PullAsync_BusyStore_GoesThroughTheHubAgain()
    {
        int asked = 0;
        Server.Instead = request => request.AtStore && asked++ == 0 ? new HubReply(503, []) : null;
        await PullAsync();
        AssertWhole();
        Assert.Equal(2, Server.Asked($"/resolve/{HubServer.Commit}/{Weights}").Count()); // an address of the store is good for a while only
    }

    [Fact]
    public async Task PullAsync_HubThatStaysBusy_IsGivenUp()
    {
        Server.Instead = _ => new HubReply(429, [], ("Retry-After", "2"));
        await RefusedAsync("asked too often (429), 6 times in a row", "again later");
        Assert.Equal([2.0, 2, 2, 2, 2], Clock.Seconds);
    }

    [Fact]
    public async Task PullAsync_AskedToWaitForHours_SaysSo()
    {
        Server.Instead = _ => new HubReply(429, [], ("Retry-After", "7200"));
        await RefusedAsync("120 minutes");
        Assert.Empty(Clock.Seconds);
    }

    [Theory]
    [InlineData(401, "GatedRepo", null, "gated. Accept its terms")]
    [InlineData(403, "GatedRepo", "hf_x", "gated, and your token has no access")]
    [InlineData(404, "RevisionNotFound", null, "no revision 'main'")]
    [InlineData(401, "RepoNotFound", null, "there is no such model, or it is private")]
    [InlineData(404, null, "hf_x", "your token has no access to it")]
    [InlineData(418, null, null, "answered 418")]
    public async Task PullAsync_HubThatSaysNo_SaysWhatToDo(int status, string? code, string? token, string part)
    {
        Settings = Settings with { Token = token };
        Server.Instead = _ => new HubReply(status, "Invalid username or password."u8.ToArray(), code is null ? [] : [("X-Error-Code", code)]);
        string message = await RefusedAsync("owner/tiny", part);
        Assert.DoesNotContain("hf_x", message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
        Assert.False(Directory.Exists(ModelFolder));
    }

    [Fact]
    public async Task PullAsync_GatedModelWithToken_Comes()
    {
        Server.Instead = request => !request.AtStore && request.Token != "Bearer hf_good" ? new HubReply(401, [], ("X-Error-Code", "GatedRepo")) : null;
        await RefusedAsync("HF_TOKEN", Server.Endpoint);
        Settings = Settings with { Token = "hf_good" };
        await PullAsync();
        AssertWhole();
    }

    [Fact]
    public async Task PullAsync_FileThatIsGone_IsRefused()
    {
        Server.Instead = request => request.Path.EndsWith("config.json", StringComparison.Ordinal) ? new HubReply(404, [], ("X-Error-Code", "EntryNotFound")) : null;
        await RefusedAsync("config.json of owner/tiny", "404");
    }

    [Fact]
    public async Task PullAsync_RedirectLoop_IsRefused()
    {
        Server.Instead = request => new HubReply(302, [], ("Location", request.Path));
        await RefusedAsync("redirects", "in a loop");
        Assert.Equal(11, Server.Requests.Count);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    public async Task PullAsync_RedirectToAnotherScheme_IsRefused(string address)
    {
        Server.Instead = _ => new HubReply(302, [], ("Location", address));
        await RefusedAsync("not https");
    }

    [Fact]
    public async Task PullAsync_NobodyThere_IsGivenUp()
    {
        Server.Close();
        await RefusedAsync("does not answer", "6 times in a row");
    }

    [Theory]
    [InlineData("<html>Log in</html>", "text/html", "HTML")]
    [InlineData("<html>Log in</html>", "application/json", "not a listing")]
    [InlineData("[]", "application/json", "not a listing")]
    [InlineData("{\"sha\":\"main\",\"siblings\":[]}", "application/json", "'main'")]
    [InlineData("{\"sha\":\"../../../../../../../../../../etc/cron.d/x\",\"siblings\":[]}", "application/json", "40 hexadecimal digits")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\"}", "application/json", "not a listing")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[{}]}", "application/json", "not a listing")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[{\"rfilename\":5}]}", "application/json", "not a listing")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[]}", "application/json", "no file at all")]
    public async Task PullAsync_AnswerThatIsNoListing_IsRefused(string body, string type, string part)
    {
        Server.Instead = _ => new HubReply(200, Encoding.UTF8.GetBytes(body), ("Content-Type", type));
        await RefusedAsync(part);
        Assert.False(Directory.Exists(ModelFolder));
    }

    [Fact]
    public async Task PullAsync_HtmlInThePlaceOfAFile_IsRefused()
    {
        Server.Then = (request, reply) => request.AtStore ? new HubReply(200, "<html>"u8.ToArray(), ("Content-Type", "text/html; charset=utf-8")) : reply;
        await RefusedAsync("HTML", Weights);
        Assert.False(File.Exists(Blob));
    }

    [Theory]
    [InlineData("../evil.json")]
    [InlineData("a/../../evil.json")]
    [InlineData("/etc/evil.json")]
    [InlineData("a\\..\\evil.json")]
    [InlineData("a//evil.json")]
    [InlineData("./evil.json")]
    [InlineData("")]
    [InlineData("evil\n.json")]
    public async Task PullAsync_PathThatLeavesTheFolder_IsRefused(string path)
    {
        JsonObject listing = Server.Listing();
        listing["siblings"]!.AsArray().Add(new JsonObject { ["rfilename"] = path, ["size"] = 1, ["blobId"] = HubServer.GitBlob([1]) });
        Server.Instead = request => request.Path.StartsWith("/api/", StringComparison.Ordinal) ? HubServer.Json(listing) : null;
        Exception error = await Assert.ThrowsAsync<PellucidException>(() => PullAsync());
        Assert.Contains("leave the model's folder", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Settings.CacheFolder));
    }

    [Fact]
    public async Task PullAsync_FileWithoutHash_IsRefused()
    {
        Server.Describes = false;
        Server.Then = (request, reply) => request.Method == "HEAD" ? reply with { Headers = [("ETag", "\"../../x\"")] } : reply;
        await RefusedAsync("no size and hash of config.json");
    }

    [Fact]
    public async Task PullAsync_OtherCommitThanListed_IsRefused()
    {
        Server.Describes = false;
        Server.Then = (request, reply) => request.Method == "HEAD" ? reply with { Headers = [("X-Repo-Commit", new string('f', 40)), ("ETag", $"\"{new string('a', 40)}\"")] } : reply;
        await RefusedAsync("at commit ffff");
    }
}
