using Pellucid.Activations;
using Pellucid.Tensors;

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
    /// <param name="options">What the summaries keep, and the seed of their random records.</param>
    /// <param name="cancellationToken">Stops the passes.</param>
    public static Population Gather(
        string name, IUnits units, ActivationStore training, ActivationStore heldOut, SummaryOptions? options = null, CancellationToken cancellationToken = default)
    {
        return new Population
        {
            Name = name,
            Units = units,
            Training = training,
            HeldOut = heldOut,
            TrainingSummary = training.Summarize(units, options, cancellationToken: cancellationToken),
            HeldOutSummary = heldOut.Summarize(units, options, cancellationToken: cancellationToken),
        };
    }

    /// <summary>A population over one store whose last sequences are set apart as held-out text.</summary>
    /// <param name="name">Name in results.</param>
    /// <param name="units">The units.</param>
    /// <param name="store">Activations of the text.</param>
    /// <param name="trainingSequences">How many sequences, from the first on, are training text.</param>
    /// <param name="options">What the summaries keep, and the seed of their random records.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <exception cref="PellucidException">Training or held-out text would be empty.</exception>
    public static Population Divide(
        string name, IUnits units, ActivationStore store, int trainingSequences, SummaryOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (trainingSequences < 1 || trainingSequences >= store.Sequences)
        {
            throw new PellucidException(
                $"Store '{store.Folder}' has {store.Sequences} sequences; {trainingSequences} for training leave nothing to learn from or to test on. Harvest more text.");
        }

        options ??= new SummaryOptions();
        UnitSummary training = new(units.Count, options), heldOut = new(units.Count, options);
        for (int shard = 0; shard < store.Shards; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using StoreShard rows = store.ReadShard(shard);
            using Ops ops = new();
            Tensor values = units.Evaluate(ops, rows.Activations);
            foreach ((int sequence, int first, int count) in rows.BySequence())
            {
                using Tensor part = values.Slice(0, first, count);
                (sequence < trainingSequences ? training : heldOut).Observe(sequence, rows.Positions.AsSpan<int>()[first], part);
            }
        }

        return new Population
        {
            Name = name,
            Units = units,
            Training = store,
            HeldOut = store,
            TrainingSummary = training,
            HeldOutSummary = heldOut,
        };
    }
}
