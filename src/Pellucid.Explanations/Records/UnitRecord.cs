using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>
/// What an explainer is given of a unit: records and statistics of the training text, and nothing of the held-out text.
/// Held-out records are a type of their own, <see cref="TestRecords"/>. Immutable.
/// </summary>
public sealed record UnitRecord
{
    /// <summary>Index of the unit among its kind.</summary>
    public required int Unit { get; init; }

    /// <summary>What it is: <c>latents</c>, <c>neurons</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The hook that it reads.</summary>
    public required string Hook { get; init; }

    /// <summary>Share of training tokens on which it fires, 0 to 1.</summary>
    public required double Density { get; init; }

    /// <summary>Records of the training text: strongest first, then weaker, then random ones.</summary>
    public required IReadOnlyList<ActivationRecord> Train { get; init; }

    /// <summary>The largest value in the records shown; 0 where the unit never fires.</summary>
    public double Max => NormalizedActivations.Max(Train);

    /// <summary>Reads one unit's record from a training store; <see cref="UnitRecords"/> reads many at once.</summary>
    /// <param name="training">The training store.</param>
    /// <param name="units">The units.</param>
    /// <param name="summary">Their summary over the training store.</param>
    /// <param name="unit">Which one.</param>
    /// <param name="options">How many records.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    public static UnitRecord Read(
        ActivationStore training, IUnits units, UnitSummary summary, int unit, UnitRecordOptions? options = null, CancellationToken cancellationToken = default) =>
        UnitRecords.Read(training, units, summary, [unit], options, cancellationToken)[0];
}
