using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry.Hub;

/// <summary>Finds what of the hub's models is in the cache.</summary>
internal static class HubModels
{
    private const string Gguf = ".gguf";

    private static readonly string[] Formats = [".safetensors", ".bin", ".pt", ".pth"];

    /// <summary>Whether a text names a model of the hub: one with an owner, or an old one without that is in the cache.</summary>
    internal static bool Names(string text, HubSettings settings, out HubModelName name)
    {
        name = HubModelName.TryParse(text)!;
        return name is not null && (name.HasOwner || new HubCache(settings.CacheFolder).Find(name) is not null);
    }

    /// <summary>The folder or file that is opened for a name.</summary>
    /// <exception cref="PellucidException">It is not in the cache, or several files could be meant.</exception>
    internal static string Locate(HubModelName name, HubSettings settings)
    {
        string snapshot = new HubCache(settings.CacheFolder).Find(name) ?? throw new PellucidException(
            $"There is no folder or file '{name}', and no model of that name in the hub's cache {settings.CacheFolder}. Get it: pellucid model pull {name}");
        if (name.File is { } file)
        {
            string path = Path.Combine([snapshot, .. file.Split('/')]);
            return File.Exists(path) ? path : throw new BadFileException(snapshot, $"{name} has no file '{file}' there, but {Listed(snapshot)}", $"Get it: pellucid model pull {name} --file {file}");
        }

        string[] files = [.. FilesIn(snapshot)], ggufs = [.. files.Where(path => path.EndsWith(Gguf, StringComparison.OrdinalIgnoreCase))];
        return files.Any(path => !path.Contains('/', StringComparison.Ordinal) && Formats.Any(format => path.EndsWith(format, StringComparison.Ordinal))) || ggufs.Length == 0
            ? snapshot
            : ggufs.Length == 1
                ? Path.Combine([snapshot, .. ggufs[0].Split('/')])
                : throw new BadFileException(snapshot, $"{name} has {ggufs.Length} models: {string.Join(", ", ggufs)}", $"Name one: {name}:{ggufs[0]}");
    }

    /// <summary>What of the hub is in the cache.</summary>
    internal static IEnumerable<ModelEntry> List(HubSettings settings) =>
        new HubCache(settings.CacheFolder).List().Select(model => Entry(model.Name, model.Snapshot, null));

    internal static ModelEntry Entry(HubModelName name, string snapshot, string? licence) => new(
        $"{name}", $"from the hub, commit {Path.GetFileName(snapshot)[..12]}", licence, HubCache.BytesOf(snapshot), false, true, snapshot)
    {
        Commit = Path.GetFileName(snapshot),
    };

    private static IEnumerable<string> FilesIn(string snapshot) =>
        Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(snapshot, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static string Listed(string snapshot) => FilesIn(snapshot).Take(12).ToArray() is { Length: > 0 } files ? string.Join(", ", files) : "none at all";
}
