using System.Text.Json;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>What a model consists of at one commit, as the hub tells it.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Licence">SPDX identifier where the model's card has one.</param>
/// <param name="Files">All files, but for those with names that not every system takes.</param>
internal sealed record HubListing(string Commit, string? Licence, IReadOnlyList<HubFile> Files)
{
    /// <summary>Reads the hub's answer, of which nothing is taken unchecked.</summary>
    /// <exception cref="PellucidException">It is not what a hub answers, or names a file that would leave its folder.</exception>
    internal static HubListing Parse(HubModelName name, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string? commit = root.GetProperty("sha").GetString();
            return IsCommit(commit)
                ? new HubListing(commit!, LicenceOf(root), [.. root.GetProperty("siblings").EnumerateArray().Select(file => FileOf(name, file)).Where(file => HubPath.IsSafe(file.Path))])
                : throw new PellucidException($"The hub gave '{HubPath.Shown(commit ?? "")}' as the commit of {name}; 40 hexadecimal digits were expected. Check HF_ENDPOINT.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new PellucidException($"The hub's answer about {name} is not a listing of its files ({HubPath.Shown(error.Message).TrimEnd('.')}). Check HF_ENDPOINT.", error);
        }
    }

    internal static bool IsCommit(string? text) => text is { Length: 40 } && text.All(char.IsAsciiHexDigitLower);

    private static HubFile FileOf(HubModelName name, JsonElement json)
    {
        string path = json.GetProperty("rfilename").GetString() ?? "";
        if (!HubPath.StaysInside(path))
        {
            throw new PellucidException($"The hub lists a file '{HubPath.Shown(path)}' of {name}, which would leave the model's folder. Nothing was fetched; tell the model's owner.");
        }

        long? size = Member(json, "size") is { ValueKind: JsonValueKind.Number } bytes ? bytes.GetInt64() : null;
        string? hash = Member(json, "lfs") is { ValueKind: JsonValueKind.Object } large
            ? (Member(large, "sha256") ?? Member(large, "oid"))?.GetString()
            : Member(json, "blobId")?.GetString();
        return new HubFile(path, size is >= 0 ? size : null, ContentHash.TryParse(hash));
    }

    private static string? LicenceOf(JsonElement root) =>
        Member(root, "cardData") is { ValueKind: JsonValueKind.Object } card && Member(card, "license") is { ValueKind: JsonValueKind.String } licence
            ? licence.GetString()
            : null;

    private static JsonElement? Member(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value : null;
}
