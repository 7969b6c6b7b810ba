namespace Pellucid.Models.Registry.Hub;

/// <summary>One file of a model on the hub.</summary>
/// <param name="Path">Its path in the repository, seen to be safe.</param>
/// <param name="Bytes">Its size; null where the listing does not say.</param>
/// <param name="Hash">Its content's hash, which is its name in the cache; null where the listing does not say.</param>
internal sealed record HubFile(string Path, long? Bytes, ContentHash? Hash)
{
    internal bool IsDescribed => Bytes is not null && Hash is not null;

    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];

    internal bool IsAtTop => Name.Length == Path.Length;
}
