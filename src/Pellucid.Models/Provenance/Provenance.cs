using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Pellucid.Models.Provenances;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models;

/// <summary>
/// Where an artifact comes from: everything that its bytes depend on, and nothing that changes from run to run (that is in
/// <see cref="RunRecord"/>). Written as <c>provenance.json</c> beside the artifact; equal records give equal bytes. Immutable.
/// </summary>
public sealed record Provenance
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "provenance.json";

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's checkpoint, lower-case hexadecimal.</summary>
    public required string ModelHash { get; init; }

    /// <summary>What was done to the model's parameters so that they are easier to read: <c>fold-norms,center-writing</c>; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Processing { get; init; }

    /// <summary>The activation that was worked on; null where it was none or many.</summary>
    public string? Hook { get; init; }

    /// <summary>SHA-256 of the data; null where there was none.</summary>
    public string? DataHash { get; init; }

    /// <summary>Options by name, in the field's spelling; kept in the order of their names.</summary>
    [JsonRequired]
    public ImmutableSortedDictionary<string, string> Options { get; init; } = EmptyOptions;

    /// <summary>The seed; null where nothing was drawn.</summary>
    public long? Seed { get; init; }

    /// <summary>What was done about BOS.</summary>
    public required BosPolicy Bos { get; init; }

    /// <summary>Version of the program: <c>0.1.0</c>.</summary>
    [JsonRequired]
    public string ProgramVersion { get; init; } = ProgramInfo.Version;

    /// <summary>Commit that the program was built from; null where the build did not know.</summary>
    public string? ProgramCommit { get; init; } = ProgramInfo.Commit;

    /// <summary>Instruction set of the kernels, on which the last bits depend.</summary>
    public required string InstructionSet { get; init; }

    /// <summary>No options; add to these. Sorted by the value of their characters, so that no culture changes the file.</summary>
    public static ImmutableSortedDictionary<string, string> EmptyOptions { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Writes <c>provenance.json</c> into a folder, whole or not at all.</summary>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public void Write(string folder) =>
        RecordFile.Write(folder, FileName, this with { Options = EmptyOptions.AddRange(Options) }, RecordJson.Default.Provenance);

    /// <summary>
    /// Marks a folder as this artifact's before any work is done: writes <c>provenance.json</c> where there is none, and refuses a folder
    /// that was begun from anything else. The program's own version and commit may differ.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="refusal">The message, given what the folder was begun with.</param>
    /// <exception cref="PellucidException">The folder was begun with other inputs.</exception>
    /// <exception cref="BadFileException">Its provenance is damaged, or cannot be written.</exception>
    public void Begin(string folder, Func<Provenance, string> refusal)
    {
        if (!File.Exists(Path.Combine(folder, FileName)))
        {
            Write(folder);
            return;
        }

        Provenance begun = Read(folder);
        if (begun with { ProgramVersion = ProgramVersion, ProgramCommit = ProgramCommit } != this)
        {
            throw new PellucidException(refusal(begun));
        }
    }

    /// <summary>Reads <c>provenance.json</c> from a folder.</summary>
    /// <exception cref="BadFileException">It is missing, too long, or not a provenance.</exception>
    public static Provenance Read(string folder)
    {
        Provenance read = RecordFile.Read(
            folder,
            FileName,
            RecordJson.Default.Provenance,
            record => Enum.IsDefined(record.Bos) && record.Options.Values.All(value => value is not null)); // neither is JSON's to refuse
        return read with { Options = EmptyOptions.AddRange(read.Options) };
    }

    /// <summary>Whether all is equal, options included.</summary>
    public bool Equals(Provenance? other) => other is not null
        && (Model, ModelHash, Processing, Hook, DataHash, Seed, Bos) == (other.Model, other.ModelHash, other.Processing, other.Hook, other.DataHash, other.Seed, other.Bos)
        && (ProgramVersion, ProgramCommit, InstructionSet) == (other.ProgramVersion, other.ProgramCommit, other.InstructionSet)
        && EmptyOptions.AddRange(Options).SequenceEqual(EmptyOptions.AddRange(other.Options));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Model, ModelHash, Hook, DataHash, Seed, Bos, Options.Count);
}
