using System.Security.Cryptography;
using System.Text;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// The hash that names a file's content on the hub: SHA-256 of a large file, git's blob id (SHA-1 of "blob SIZE\0" and the content) of a small one.
/// </summary>
/// <param name="Text">64 or 40 lower-case hexadecimal digits.</param>
internal sealed record ContentHash(string Text)
{
    /// <summary>Reads a hash, also as a server's entity tag, quoted and perhaps weak; null where it is none.</summary>
    internal static ContentHash? TryParse(string? text)
    {
        text = text?.Trim();
        text = text?.StartsWith("W/", StringComparison.Ordinal) == true ? text[2..] : text;
        text = text?.Trim('"').ToLowerInvariant();
        return text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower) ? new ContentHash(text) : null;
    }

    /// <summary>Begins to hash a file of so many bytes.</summary>
    internal IncrementalHash Begin(long bytes)
    {
        if (Text.Length == 64)
        {
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {bytes}\0"));
        return hash;
    }

    /// <summary>Whether what was hashed is the content.</summary>
    internal bool Is(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset()) == Text;
}
