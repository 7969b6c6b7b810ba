using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Pellucid.Models.Tests.Registry.Hub;

/// <summary>
/// A hub on this machine with one model, and a store at a port of its own to which large files are redirected. A test may put an answer of its own in
/// the place of any. It speaks to sockets itself, because a server for good programs does not cut connections or lie about lengths.
/// </summary>
internal sealed class HubServer : IDisposable
{
    internal const string Commit = "0123456789abcdef0123456789abcdef01234567", Model = "owner/tiny";

    private const int PieceBytes = 4096;

    private readonly TcpListener _hub = new(IPAddress.Loopback, 0), _store = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    internal HubServer()
    {
        _hub.Start();
        _store.Start();
        _ = AcceptAsync(_hub, false);
        _ = AcceptAsync(_store, true);
    }

    /// <summary>Content of each file by its path; those in <see cref="Large"/> are at the store.</summary>
    internal Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    internal HashSet<string> Large { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the listing tells sizes and hashes; else they are asked for with HEAD.</summary>
    internal bool Describes { get; set; } = true;

    /// <summary>An answer in the place of the usual one.</summary>
    internal Func<HubRequest, HubReply?>? Instead { get; set; }

    /// <summary>What becomes of a usual answer.</summary>
    internal Func<HubRequest, HubReply, HubReply>? Then { get; set; }

    internal ConcurrentQueue<HubRequest> Requests { get; } = new();

    internal string Endpoint => $"http://{_hub.LocalEndpoint}";

    internal string Store => $"http://{_store.LocalEndpoint}";

    internal static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    internal static string GitBlob(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    internal string HashOf(string file) => Large.Contains(file) ? Sha256(Files[file]) : GitBlob(Files[file]);

    internal IEnumerable<HubRequest> Asked(string ending) => Requests.Where(request => request.Path.EndsWith(ending, StringComparison.Ordinal));

    public void Dispose()
    {
        Close();
        _stop.Dispose();
    }

    /// <summary>Answers no more.</summary>
    internal void Close()
    {
        _stop.Cancel();
        _hub.Dispose();
        _store.Dispose();
    }

    internal static HubReply Json(JsonNode json) => new(200, Encoding.UTF8.GetBytes(json.ToJsonString()), ("Content-Type", "application/json; charset=utf-8"));

    internal JsonObject Listing() => new()
    {
        ["id"] = Model,
        ["sha"] = Commit,
        ["cardData"] = new JsonObject { ["license"] = "mit" },
        ["siblings"] = new JsonArray([.. Files.Select(file => (JsonNode)Sibling(file.Key, file.Value))]),
    };

    private JsonObject Sibling(string path, byte[] content)
    {
        JsonObject sibling = new() { ["rfilename"] = path };
        if (Describes)
        {
            sibling["size"] = content.Length;
            sibling["blobId"] = GitBlob(content);
            if (Large.Contains(path))
            {
                sibling["lfs"] = new JsonObject { ["sha256"] = Sha256(content), ["size"] = content.Length, ["pointerSize"] = 130 };
            }
        }

        return sibling;
    }

    private HubReply Usual(HubRequest request)
    {
        if (request.AtStore)
        {
            return Content(request, Files[Uri.UnescapeDataString(request.Path[1..])]);
        }

        if (request.Path.StartsWith($"/api/models/{Model}/revision/", StringComparison.Ordinal))
        {
            return Json(Listing());
        }

        string prefix = $"/{Model}/resolve/{Commit}/", path = request.Path.StartsWith(prefix, StringComparison.Ordinal) ? Uri.UnescapeDataString(request.Path[prefix.Length..]) : "";
        if (!Files.TryGetValue(path, out byte[]? content))
        {
            return new HubReply(404, [], ("X-Error-Code", "EntryNotFound"));
        }

        (string, string) commit = ("X-Repo-Commit", Commit), tag = ("ETag", $"\"{GitBlob(content)}\"");
        return Large.Contains(path)
            ? new HubReply(302, [], commit, tag, ("X-Linked-Etag", $"\"{Sha256(content)}\""), ("X-Linked-Size", $"{content.Length}"), ("Location", $"{Store}/{Uri.EscapeDataString(path)}"))
            : Content(request, content).With(commit, tag);
    }

    private static HubReply Content(HubRequest request, byte[] content)
    {
        if (request.Range is not { } range)
        {
            return new HubReply(200, content);
        }

        int from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        return from < content.Length
            ? new HubReply(206, content[from..], ("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}"))
            : new HubReply(416, []);
    }

    private async Task AcceptAsync(TcpListener listener, bool isStore)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(_stop.Token), isStore);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _ = error; // the test is over
        }
    }

    private async Task ServeAsync(TcpClient connection, bool isStore)
    {
        using (connection)
        {
            try
            {
                await using NetworkStream stream = connection.GetStream();
                HubRequest request = await ReadAsync(stream, isStore);
                Requests.Enqueue(request);
                HubReply reply = Instead?.Invoke(request) ?? (Usual(request) is { } usual ? Then?.Invoke(request, usual) ?? usual : null!);
                await WriteAsync(stream, request, reply);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
            {
                _ = error; // the client went away, which is what some tests are about
            }
        }
    }

    private async Task<HubRequest> ReadAsync(NetworkStream stream, bool isStore)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                throw new IOException("no request");
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries), words = lines[0].Split(' ');
        return new HubRequest(isStore, words[0], words[1], lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1], StringComparer.Ordinal));
    }

    private async Task WriteAsync(NetworkStream stream, HubRequest request, HubReply reply)
    {
        StringBuilder head = new($"HTTP/1.1 {reply.Status} Status\r\nConnection: close\r\n");
        if (reply.Announced is not < 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.Announced ?? reply.Body.Length}\r\n");
        }

        foreach ((string name, string value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        int sent = request.Method == "HEAD" ? 0 : Math.Min(reply.CutAfter ?? int.MaxValue, reply.Body.Length);
        for (int at = 0; at < sent; at += PieceBytes)
        {
            await stream.WriteAsync(reply.Body.AsMemory(at, Math.Min(PieceBytes, sent - at)), _stop.Token);
            if (reply.AfterPiece is { } wait)
            {
                await wait();
            }
        }
    }
}
