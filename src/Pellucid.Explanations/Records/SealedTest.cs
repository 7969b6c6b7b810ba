using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>
/// The held-out records of a unit, closed until an explanation is handed in: its hash is taken first, and the evidence that comes back
/// carries it. What explains is given a <see cref="UnitRecord"/> and has no way to these. Immutable, safe for any thread.
/// </summary>
public sealed class SealedTest
{
    private readonly TestRecords _records;

    private SealedTest(TestRecords records, IUnits units) => (_records, Kind, Hook) = (records, units.Kind, units.Hook);

    /// <summary>Index of the unit.</summary>
    public int Unit => _records.Unit;

    /// <summary>What the unit is.</summary>
    public string Kind { get; }

    /// <summary>The hook that it reads.</summary>
    public string Hook { get; }

    /// <summary>Sets records of units apart, in one pass over the held-out store.</summary>
    /// <param name="heldOut">The held-out store.</param>
    /// <param name="units">The units.</param>
    /// <param name="summary">Their summary over the held-out store.</param>
    /// <param name="chosen">Which ones.</param>
    /// <param name="options">How many records.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <returns>One for each chosen unit, in order.</returns>
    public static IReadOnlyList<SealedTest> Of(
        ActivationStore heldOut, IUnits units, UnitSummary summary, IReadOnlyList<int> chosen, TestOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new TestOptions();
        Example[][] top = [.. chosen.Select(unit => summary.Top(unit).Take(options.Top).ToArray())];
        Example[][] random =
        [
            .. chosen.Select((unit, i) => summary.Random(unit)
                .Where(example => !top[i].Any(other => (other.Sequence, other.Start) == (example.Sequence, example.Start)))
                .Take(options.Random).ToArray()),
        ];
        (int, IReadOnlyList<Example>)[] wanted = [.. chosen.Select((unit, i) => (unit, (IReadOnlyList<Example>)[.. top[i], .. random[i]]))];
        IReadOnlyList<ActivationRecord>[] records = UnitRecords.ReadWindows(heldOut, units, wanted, cancellationToken);
        return
        [
            .. chosen.Select((unit, i) => new SealedTest(
                new TestRecords(unit, [.. records[i].Take(top[i].Length)], [.. records[i].Skip(top[i].Length)]), units)),
        ];
    }

    /// <summary>Freezes an explanation, opens the records and scores it on them.</summary>
    public Evidence Score(Explanation explanation)
    {
        string hash = explanation.Hash;
        SimulationScore score = SimulationScorer.Score(explanation, _records);
        return explanation.Hash == hash
            ? new Evidence { Unit = Unit, Kind = Kind, Hook = Hook, Explainer = explanation.Explainer, ExplanationHash = hash, Score = score }
            : throw new PellucidException(
                $"The explanation of unit {Unit} changed while it was scored; an explanation must be frozen. Make its type immutable.");
    }

    /// <summary>Freezes an explanation and opens the records for a scorer of your own; returns the hash under which it was frozen.</summary>
    public (string ExplanationHash, TestRecords Records) Open(Explanation explanation) => (explanation.Hash, _records);
}
