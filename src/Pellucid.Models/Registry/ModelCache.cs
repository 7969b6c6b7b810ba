using System.Security.Cryptography;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Registry;

/// <summary>The folder in which pulled models lie, one folder a model.</summary>
internal sealed class ModelCache(string folder)
{
    /// <summary>PELLUCID_HOME, else the user's cache folder.</summary>
    internal static ModelCache Default => new(Path.Combine(Home(Environment.GetEnvironmentVariable), "models"));

    internal string Folder { get; } = folder;

    internal string FolderOf(KnownModel model) => Path.Combine(Folder, model.Id);

    internal string PathOf(KnownModel model, KnownFile file) => Path.Combine(FolderOf(model), file.Name);

    /// <summary>Whether its files are there with their right sizes.</summary>
    internal bool Has(KnownModel model) =>
        model.Files.All(file => new FileInfo(PathOf(model, file)) is { Exists: true } info && info.Length == file.Bytes);

    /// <summary>Whether its files are there and have their SHA-256.</summary>
    internal bool HasVerified(KnownModel model) => Has(model) && model.Files.All(file => Hash(PathOf(model, file)) == file.Sha256);

    /// <summary>Refuses a model whose files are no more what was pulled.</summary>
    /// <exception cref="BadFileException">They are not.</exception>
    internal void Verify(KnownModel model)
    {
        if (!HasVerified(model))
        {
            throw new BadFileException(FolderOf(model), $"model '{model.Id}' has changed since it was pulled", $"Get it again: pellucid model pull {model.Id}");
        }
    }

    internal static string Home(Func<string, string?> environment)
    {
        if (environment("PELLUCID_HOME") is { Length: > 0 } home)
        {
            return Path.GetFullPath(home);
        }

        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "pellucid");
        }

        string? caches = environment("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(caches ?? "") // the XDG specification has relative paths ignored
            ? Path.Combine(caches!, "pellucid")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "pellucid");
    }

    private static string Hash(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "Check its permissions", error);
        }
    }
}
