using System.Text.RegularExpressions;

namespace Pellucid.Models.Registry.Hub;

/// <summary>What a user writes for a model of the hub: <c>owner/name</c>, with <c>@revision</c> or <c>:file</c> after it where needed.</summary>
/// <param name="Id">Owner and name; an old model may have no owner.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="File">One file of it, to open; null for the whole.</param>
internal sealed partial record HubModelName(string Id, string Revision, string? File)
{
    internal const string Main = "main";

    /// <summary>Whether it can be nothing but a name of the hub, once it is no file and no folder.</summary>
    internal bool HasOwner => Id.Contains('/', StringComparison.Ordinal);

    /// <summary>Reads a name; null where the text is none, as a path or a misspelt word with spaces.</summary>
    internal static HubModelName? TryParse(string text)
    {
        Match match = Form().Match(text);
        if (!match.Success)
        {
            return null;
        }

        string id = match.Groups["id"].Value, revision = match.Groups["revision"].Success ? match.Groups["revision"].Value : Main;
        string? file = match.Groups["file"].Success ? match.Groups["file"].Value : null;
        bool good = HubPath.IsSafe(id) && !id.Contains("--", StringComparison.Ordinal) && !id.Contains("..", StringComparison.Ordinal)
            && HubPath.IsSafe(revision) && (file is null || HubPath.IsSafe(file));
        return good ? new HubModelName(id, revision, file) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Revision == Main ? Id : $"{Id}@{Revision}";

    [GeneratedRegex(@"\A(?<id>[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95})?)(@(?<revision>[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}))?(:(?<file>.{1,500}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
