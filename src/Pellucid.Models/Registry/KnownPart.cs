namespace Pellucid.Models.Registry;

/// <summary>Where a run of bytes of a known file comes from.</summary>
/// <param name="Package">npm package and version.</param>
/// <param name="Member">The file of the package.</param>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Start">Where in the member they begin.</param>
internal sealed record KnownPart(string Package, string Member, long Bytes, long Start = 0);
