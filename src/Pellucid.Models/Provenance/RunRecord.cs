using System.Text.Json.Serialization;
using Pellucid.Models.Provenances;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models;

/// <summary>
/// What of a run cannot be repeated: when it was and how long it took. Written as <c>run.json</c>, apart from <see cref="Provenance"/>,
/// so that everything else in an artifact's folder is the same bytes for the same inputs. Immutable.
/// </summary>
public sealed record RunRecord
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "run.json";

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>Worker threads that it had; results do not depend on them.</summary>
    [JsonRequired]
    public int Workers { get; init; } = ComputeThreads.Count;

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds => (Finished - Started).TotalSeconds;

    /// <summary>Writes <c>run.json</c> into a folder, whole or not at all.</summary>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public void Write(string folder) => RecordFile.Write(folder, FileName, this, RecordJson.Default.RunRecord);

    /// <summary>Reads <c>run.json</c> from a folder.</summary>
    /// <exception cref="BadFileException">It is missing, too long, or not a record of a run.</exception>
    public static RunRecord Read(string folder) => RecordFile.Read(folder, FileName, RecordJson.Default.RunRecord, _ => true);
}
