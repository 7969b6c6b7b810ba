using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry.Hub;

/// <summary>Gets a model of the hub into the cache, file by file, and notes its commit when all are there.</summary>
internal sealed class HubPull(HubSettings settings)
{
    private readonly HubCache _cache = new(settings.CacheFolder);

    /// <summary>What a pull gave.</summary>
    internal sealed record Result(string Snapshot, string Commit, string? Licence, bool WasPresent);

    /// <summary>Pulls.</summary>
    /// <param name="name">The model.</param>
    /// <param name="patterns">Which files of parameters; none for the usual ones.</param>
    /// <param name="progress">Told of bytes.</param>
    /// <param name="cancellationToken">Stops it; what has come stays, and the next pull goes on from there.</param>
    internal async Task<Result> RunAsync(HubModelName name, IReadOnlyList<string> patterns, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return settings.Offline ? FromCache(name) : await FetchAsync(name, patterns, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(
                settings.CacheFolder, $"{name} cannot be written there ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
                "Free space, or set HF_HOME to another folder, and pull again: it goes on from what has come", error);
        }
    }

    private Result FromCache(HubModelName name) => _cache.Find(name) is { } snapshot
        ? new Result(snapshot, Path.GetFileName(snapshot), null, true)
        : throw new PellucidException($"HF_HUB_OFFLINE is set, and {name} is not in the cache {settings.CacheFolder}. Unset it to pull the model.");

    private async Task<Result> FetchAsync(HubModelName name, IReadOnlyList<string> patterns, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new PullProgress("list", 0, 0));
        using HubClient client = new(settings);
        HubListing listing = await HubRetry.RunAsync(settings.Clock, () => client.ListAsync(name, cancellationToken), cancellationToken).ConfigureAwait(false);
        List<HubFile> files = [];
        foreach (HubFile file in HubSelection.Choose(name, listing.Files, patterns))
        {
            files.Add(file.IsDescribed
                ? file
                : await HubRetry.RunAsync(settings.Clock, () => client.DescribeAsync(name, listing.Commit, file, cancellationToken), cancellationToken).ConfigureAwait(false));
        }

        long total = files.Sum(file => file.Bytes!.Value), done = 0;
        bool wasPresent = _cache.CommitOf(name) == listing.Commit;
        foreach (HubFile file in files)
        {
            long before = done;
            HubDownload download = new(client, _cache, settings, name, listing.Commit, file, bytes => progress?.Report(new PullProgress("download", before + bytes, total)));
            wasPresent &= await download.RunAsync(cancellationToken).ConfigureAwait(false);
            done += file.Bytes!.Value;
        }

        using (await _cache.HoldAsync(name, "refs", settings.Clock, cancellationToken).ConfigureAwait(false)) // two pulls end at the same moment
        {
            _cache.Refer(name, listing.Commit);
        }

        return new Result(_cache.Snapshot(name, listing.Commit), listing.Commit, listing.Licence, wasPresent);
    }
}
