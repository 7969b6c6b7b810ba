namespace Pellucid.Dictionaries.Training;

/// <summary>What a checkpoint holds beside its arrays. The place in the stream of rows follows from the step.</summary>
internal sealed record CheckpointState
{
    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Sums since the last line of the metrics.</summary>
    public required MetricsSums Sums { get; init; }

    /// <summary>The lines of the metrics so far.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
}
