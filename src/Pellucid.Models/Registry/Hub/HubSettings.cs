using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>Where the hub is, who asks, and where its files are kept: from the variables that the hub's other tools read.</summary>
internal sealed record HubSettings
{
    private const string DefaultEndpoint = "https://huggingface.co";

    /// <summary>HF_ENDPOINT, without a slash at its end.</summary>
    internal required Uri Endpoint { get; init; }

    /// <summary>HF_HUB_CACHE, else <c>hub</c> in HF_HOME.</summary>
    internal required string CacheFolder { get; init; }

    /// <summary>HF_TOKEN or HUGGING_FACE_HUB_TOKEN, else what the file of HF_TOKEN_PATH or <c>token</c> in HF_HOME holds.</summary>
    internal string? Token { get; init; }

    /// <summary>HF_HUB_OFFLINE: nothing is asked of the network.</summary>
    internal bool Offline { get; init; }

    /// <summary>What pauses before another try are measured by.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long a server may be silent.</summary>
    internal TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    internal static HubSettings Default => From(Environment.GetEnvironmentVariable);

    internal static HubSettings From(Func<string, string?> environment)
    {
        string home = Folder(environment("HF_HOME"))
            ?? Path.Combine(Folder(environment("XDG_CACHE_HOME")) ?? Path.Combine(UserFolder, ".cache"), "huggingface");
        return new HubSettings
        {
            Endpoint = ParseEndpoint(environment("HF_ENDPOINT")),
            CacheFolder = Folder(environment("HF_HUB_CACHE")) ?? Folder(environment("HUGGINGFACE_HUB_CACHE")) ?? Path.Combine(home, "hub"),
            Token = Text(environment("HF_TOKEN")) ?? Text(environment("HUGGING_FACE_HUB_TOKEN"))
                ?? TokenIn(Folder(environment("HF_TOKEN_PATH")) ?? Path.Combine(home, "token")),
            Offline = IsOn(environment("HF_HUB_OFFLINE")) || IsOn(environment("TRANSFORMERS_OFFLINE")),
        };
    }

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static Uri ParseEndpoint(string? text)
    {
        text = Text(text)?.TrimEnd('/') ?? DefaultEndpoint;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw new PellucidException($"HF_ENDPOINT is '{text}', which is no address of a hub. Set it to one as {DefaultEndpoint}, or leave it unset.");
    }

    private static string? TokenIn(string path)
    {
        const int LongestToken = 4096;
        try
        {
            FileInfo file = new(path);
            return file.Exists && file.Length <= LongestToken ? Text(File.ReadAllText(path)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a public model needs no token; the hub says so where one is needed
        }
    }

    private static bool IsOn(string? text) => Text(text)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string? Folder(string? text) => Text(text) switch
    {
        null => null,
        "~" => UserFolder,
        ['~', '/' or '\\', .. string rest] => Path.Combine(UserFolder, rest),
        string path => Path.GetFullPath(path),
    };
}
