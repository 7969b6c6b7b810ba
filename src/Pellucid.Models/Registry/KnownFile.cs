namespace Pellucid.Models.Registry;

/// <summary>One file of a known model.</summary>
/// <param name="Name">Its name in the model's folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
/// <param name="Parts">What it is joined of, in order; none for a file inside this library.</param>
internal sealed record KnownFile(string Name, long Bytes, string Sha256, params IReadOnlyList<KnownPart> Parts);
