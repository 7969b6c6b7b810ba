using System.Net.Http.Headers;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// Asks the hub, each question once; <see cref="HubRetry"/> repeats them. Redirects are followed here and not by the handler, because the token is for
/// the hub's own address alone: the servers that a file is redirected to must not see it.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;
    private const int LongestListing = 64 << 20;
    private const int BufferBytes = 1 << 16;

    private readonly HubSettings _settings;
    private readonly HttpClient _http;

    internal HubClient(HubSettings settings)
    {
        _settings = settings;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = settings.Silence })
        {
            Timeout = Timeout.InfiniteTimeSpan, // a file may take hours; it is silence that is limited
        };
    }

    /// <summary>What the model consists of.</summary>
    internal async Task<HubListing> ListAsync(HubModelName name, CancellationToken cancellationToken)
    {
        Uri address = Address($"api/models/{name.Id}/revision/{Uri.EscapeDataString(name.Revision)}?blobs=true");
        using HubBody body = await AskAsync(HttpMethod.Get, address, 0, name, null, cancellationToken).ConfigureAwait(false);
        RefuseHtml(body.Answer, $"the listing of {name}");
        using MemoryStream json = new();
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            json.Write(buffer, 0, read);
            if (json.Length > LongestListing)
            {
                throw new PellucidException($"The hub's answer about {name} goes past {LongestListing >> 20} MiB, which no listing of files does. Check HF_ENDPOINT.");
            }
        }

        return HubListing.Parse(name, json.GetBuffer().AsMemory(0, (int)json.Length));
    }

    /// <summary>Size and hash of a file, where the listing did not say.</summary>
    internal async Task<HubFile> DescribeAsync(HubModelName name, string commit, HubFile file, CancellationToken cancellationToken)
    {
        using HubBody body = await AskAsync(HttpMethod.Head, FileAddress(name, commit, file), 0, name, file.Path, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage answer = body.Answer;
        if (Header(answer, "X-Repo-Commit") is { } met && met != commit)
        {
            throw new PellucidException($"The hub gave {file.Path} of {name} at commit {HubPath.Shown(met)}; {commit} was expected. Pull again.");
        }

        string? size = Header(answer, "X-Linked-Size") ?? (answer.IsSuccessStatusCode ? answer.Content.Headers.ContentLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        return ContentHash.TryParse(Header(answer, "X-Linked-Etag") ?? Header(answer, "ETag")) is { } hash && long.TryParse(size, out long bytes) && bytes >= 0
            ? file with { Bytes = bytes, Hash = hash }
            : throw new PellucidException($"The hub tells no size and hash of {file.Path} of {name}, so that it could not be checked. Check HF_ENDPOINT.");
    }

    /// <summary>The content of a file from some byte on, if the server heeds that.</summary>
    internal async Task<HubBody> OpenAsync(HubModelName name, string commit, HubFile file, long from, CancellationToken cancellationToken)
    {
        HubBody body = await AskAsync(HttpMethod.Get, FileAddress(name, commit, file), from, name, file.Path, cancellationToken).ConfigureAwait(false);
        if (!file.Path.EndsWith(".html", StringComparison.OrdinalIgnoreCase))
        {
            RefuseHtml(body.Answer, $"{file.Path} of {name}");
        }

        return body;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first value of a header, unparsed.</summary>
    internal static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static void RefuseHtml(HttpResponseMessage answer, string what)
    {
        if (answer.Content.Headers.ContentType?.MediaType is "text/html")
        {
            answer.Dispose();
            throw new PellucidException($"A page of HTML came in the place of {what}, as a login page or a proxy gives. Check the network and HF_ENDPOINT.");
        }
    }

    private Uri Address(string path) => new($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    private Uri FileAddress(HubModelName name, string commit, HubFile file) => Address($"{name.Id}/resolve/{commit}/{HubPath.Escaped(file.Path)}");

    private async Task<HubBody> AskAsync(HttpMethod method, Uri address, long from, HubModelName name, string? file, CancellationToken cancellationToken)
    {
        Uri at = address;
        for (int hop = 0; hop <= MostRedirects; hop++)
        {
            HttpResponseMessage answer = await SendAsync(method, at, from, cancellationToken).ConfigureAwait(false);
            Uri? next = (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is { } location ? new Uri(at, location) : null;

            // What a file is, is told by the hub itself and not by the server that it sends on to.
            bool described = method == HttpMethod.Head && next is not null && (!IsHub(next) || Header(answer, "X-Linked-Etag") is not null);
            if (next is null || described)
            {
                if (answer.IsSuccessStatusCode || described)
                {
                    return new HubBody(answer, await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _settings.Silence);
                }

                using (answer)
                {
                    throw HubRefusal.Of(_settings, name, file, answer);
                }
            }

            answer.Dispose();
            bool allowed = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && at.Scheme == Uri.UriSchemeHttp);
            at = allowed ? next : throw new PellucidException($"The hub redirects {file ?? $"{name}"} to {next.GetLeftPart(UriPartial.Authority)}, which is not https. Nothing was fetched from there; check HF_ENDPOINT.");
        }

        throw new PellucidException($"The hub redirects {file ?? $"{name}"} more than {MostRedirects} times, in a loop it seems. Check HF_ENDPOINT and try again later.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, long from, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("pellucid", typeof(HubClient).Assembly.GetName().Version?.ToString()));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // a range is of the file's own bytes
        if (from > 0)
        {
            // The hash in the address of what was begun stands for If-Range: a file that changed has another name, and every file is checked.
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        if (_settings.Token is { } token && IsHub(address) && !request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}"))
        {
            throw new PellucidException("The token of the hub has characters that no token has. Set HF_TOKEN anew.");
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_settings.Silence);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new PellucidException(
                $"The hub at {address.GetLeftPart(UriPartial.Authority)} cannot be reached ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Check the network, the proxy and HF_ENDPOINT; HF_HUB_OFFLINE=1 uses what is in the cache.",
                error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string why = error is OperationCanceledException ? $"nothing for {_settings.Silence.TotalSeconds:0} seconds" : error.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new HubTroubleException($"The hub at {address.GetLeftPart(UriPartial.Authority)} does not answer ({why})", null, error);
        }
    }

    private bool IsHub(Uri address) => Uri.Compare(
        address, _settings.Endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
