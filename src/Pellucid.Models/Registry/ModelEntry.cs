namespace Pellucid.Models;

/// <summary>A model that can be opened by name.</summary>
/// <param name="Id">Its name: <c>stories260k</c>, or <c>owner/name</c> for one of the hub.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Licence">SPDX identifier; null where it is not known on this machine.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="IsBuiltIn">Whether it travels inside this library.</param>
/// <param name="IsPresent">Whether it can be opened without pulling it first.</param>
/// <param name="Location">The folder where it lies or would lie; null for a built-in model.</param>
public sealed record ModelEntry(
    string Id, string Description, string? Licence, long Bytes, bool IsBuiltIn, bool IsPresent, string? Location)
{
    /// <summary>The commit of the hub's repository, 40 hexadecimal digits; null for a model of the registry.</summary>
    public string? Commit { get; init; }
}
