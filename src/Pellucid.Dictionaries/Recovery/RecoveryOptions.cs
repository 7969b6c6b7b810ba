namespace Pellucid.Dictionaries;

/// <summary>What a recovery study does. Immutable.</summary>
public sealed record RecoveryOptions
{
    /// <summary>Where results of finished parts are kept, so that a stopped study goes on; stores and dictionaries are removed when they are measured.</summary>
    public required string Folder { get; init; }

    /// <summary>The difficulties.</summary>
    public IReadOnlyList<RecoverySetting> Settings { get; init; } = RecoverySettings.Default;

    /// <summary>How many seeds, at least 1.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>The first seed; the others follow it.</summary>
    public long Seed { get; init; }

    /// <summary>Bootstrap resamples of the features.</summary>
    public int Resamples { get; init; } = 2000;
}
