using System.Net;
using System.Security.Cryptography;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// Fetches one file into its blob. What has come lies in <c>HASH.incomplete</c>, which stays when the pull is stopped or killed, and from whose end the
/// next one goes on. A blob is made only of content that has its hash.
/// </summary>
internal sealed class HubDownload(HubClient client, HubCache cache, HubSettings settings, HubModelName name, string commit, HubFile file, Action<long> progress)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Bytes that a try must bring for the failures before it to be forgotten.</summary>
    private const long WorthWhile = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly long _bytes = file.Bytes!.Value;

    /// <summary>Makes the file part of the snapshot.</summary>
    /// <returns>Whether its content was there, whole.</returns>
    /// <exception cref="PellucidException">It could not be fetched, or is not what it should be.</exception>
    internal async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using FileStream held = await cache.HoldAsync(name, file.Hash!.Text, settings.Clock, cancellationToken).ConfigureAwait(false);
        bool wasThere = cache.Held(name, commit, file) is { } path && await HubCache.HasAsync(path, file, cancellationToken).ConfigureAwait(false);
        if (!wasThere)
        {
            await FetchAsync(cancellationToken).ConfigureAwait(false);
        }

        cache.Link(name, commit, file);
        progress(_bytes);
        return wasThere;
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        string blob = cache.Blob(name, file.Hash!), incomplete = blob + ".incomplete";
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        for (int attempt = 1; ; attempt++)
        {
            if (await FillAsync(incomplete, cancellationToken).ConfigureAwait(false))
            {
                File.Move(incomplete, blob, overwrite: true);
                return;
            }

            File.Delete(incomplete);
            if (attempt == 2)
            {
                throw new PellucidException($"{file.Path} of {name} came twice with other content than its hash {file.Hash!.Text} says. It was not kept; pull again later, or from another HF_ENDPOINT.");
            }
        }
    }

    /// <summary>Fetches what the file lacks, in as many tries as it takes.</summary>
    /// <returns>Whether the whole has its hash.</returns>
    private async Task<bool> FillAsync(string path, CancellationToken cancellationToken)
    {
        using FileStream to = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0, FileOptions.Asynchronous);
        if (to.Length > _bytes)
        {
            to.SetLength(0);
        }

        IncrementalHash hash = file.Hash!.Begin(_bytes);
        try
        {
            int read;
            while ((read = await to.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(_buffer, 0, read);
            }

            HubRetry retry = new(settings.Clock);
            while (to.Position < _bytes)
            {
                long before = to.Position;
                try
                {
                    using HubBody body = await client.OpenAsync(name, commit, file, before, cancellationToken).ConfigureAwait(false);
                    if (!GoesOn(body.Answer, before))
                    {
                        to.SetLength(0); // the server sends the whole: what has come is of no use
                        hash.Dispose();
                        hash = file.Hash.Begin(_bytes);
                        before = 0;
                    }

                    await CopyAsync(body, to, hash, cancellationToken).ConfigureAwait(false);
                }
                catch (HubTroubleException trouble)
                {
                    if (to.Position - before >= WorthWhile)
                    {
                        retry.Forget();
                    }

                    await retry.PauseAsync(trouble, cancellationToken).ConfigureAwait(false);
                }
            }

            to.Flush(flushToDisk: true);
            return file.Hash.Is(hash);
        }
        finally
        {
            hash.Dispose();
        }
    }

    /// <summary>Whether an answer goes on from a byte; else it is the whole file.</summary>
    private bool GoesOn(HttpResponseMessage answer, long from)
    {
        bool part = answer.StatusCode == HttpStatusCode.PartialContent;
        long expected = part ? _bytes - from : _bytes;
        if (part && (answer.Content.Headers.ContentRange is not { } range || range.From != from || (range.HasLength && range.Length != _bytes)))
        {
            throw new PellucidException($"The hub was asked for {file.Path} of {name} from byte {from} of {_bytes} and gave {answer.Content.Headers.ContentRange}. Pull again later.");
        }

        if (answer.Content.Headers.ContentLength is { } announced && announced != expected)
        {
            throw new PellucidException($"The hub announces {announced} bytes of {file.Path} of {name}; {expected} were expected. Pull again later.");
        }

        return part || from == 0;
    }

    private async Task CopyAsync(HubBody body, FileStream to, IncrementalHash hash, CancellationToken cancellationToken)
    {
        int read;
        while ((read = await body.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (read > _bytes - to.Position)
            {
                throw new PellucidException($"The hub sends more of {file.Path} of {name} than its {_bytes} bytes. Pull again later.");
            }

            await to.WriteAsync(_buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            hash.AppendData(_buffer, 0, read);
            progress(to.Position);
        }

        if (to.Position < _bytes)
        {
            throw new HubTroubleException("The connection to the hub was cut");
        }
    }
}
