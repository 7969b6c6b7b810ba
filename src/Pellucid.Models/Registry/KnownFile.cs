namespace Pellucid.Models.Registry;

/// <summary>One file of a known model: its name, its size, its SHA-256, and where it begins inside the package's member.</summary>
internal sealed record KnownFile(string Name, long Bytes, string Sha256, long Start = 0);
