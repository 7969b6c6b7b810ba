using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>Units with what is known of them on training and on held-out text. Immutable; borrows its parts.</summary>
public sealed record Population
{
    /// <summary>Name in results: <c>latents</c>, <c>neurons_density_matched</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The units.</summary>
    public required IUnits Units { get; init; }

    /// <summary>Activations of the training text.</summary>
    public required ActivationStore Training { get; init; }

    /// <summary>Activations of the held-out text.</summary>
    public required ActivationStore HeldOut { get; init; }

    /// <summary>Summary of the units over the training store.</summary>
    public required UnitSummary TrainingSummary { get; init; }

    /// <summary>Summary of the units over the held-out store.</summary>
    public required UnitSummary HeldOutSummary { get; init; }

    /// <summary>A population, its summaries gathered in one pass over either store.</summary>
    /// <param name="name">Name in results.</param>
    /// <param name="units">The units.</param>
    /// <param name="training">Activations of the training text.</param>
    /// <param name="heldOut">Activations of the held-out text.</param>
    public static Population Gather(string name, IUnits units, ActivationStore training, ActivationStore heldOut) => new()
    {
        Name = name,
        Units = units,
        Training = training,
        HeldOut = heldOut,
        TrainingSummary = training.Summarize(units),
        HeldOutSummary = heldOut.Summarize(units),
    };
}
