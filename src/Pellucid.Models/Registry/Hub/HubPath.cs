namespace Pellucid.Models.Registry.Hub;

/// <summary>Paths that a server names, as "1_Pooling/config.json": relative, of plain names, with slashes between.</summary>
internal static class HubPath
{
    private const int MostCharacters = 1000;

    /// <summary>Whether a path stays inside the folder that it is put into.</summary>
    internal static bool StaysInside(string path) =>
        path.Length is > 0 and <= MostCharacters
        && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl)
        && path.Split('/').All(name => name is not ("" or "." or ".."));

    /// <summary>Whether, beside that, every system takes it for a file's name.</summary>
    internal static bool IsSafe(string path) =>
        StaysInside(path) && path.IndexOfAny([':', '*', '?', '"', '<', '>', '|']) < 0 && path.Split('/').All(name => name[^1] is not ('.' or ' '));

    /// <summary>A server's text for a message: of one line, of a length to read, and without what a terminal would obey.</summary>
    internal static string Shown(string text)
    {
        const int MostShown = 200;
        string plain = new([.. text.Take(MostShown).Select(letter => char.IsControl(letter) ? '?' : letter)]);
        return text.Length > MostShown ? plain + "…" : plain;
    }

    /// <summary>The path as part of an address.</summary>
    internal static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
