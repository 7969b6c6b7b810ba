using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>Reads the records of many units in one pass over a store, evaluating each row of the hook once for all of them.</summary>
public static class UnitRecords
{
    /// <summary>The training records of units.</summary>
    /// <param name="training">The training store.</param>
    /// <param name="units">The units.</param>
    /// <param name="summary">Their summary over the training store.</param>
    /// <param name="chosen">Which ones.</param>
    /// <param name="options">How many records.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <returns>One for each chosen unit, in order.</returns>
    public static IReadOnlyList<UnitRecord> Read(
        ActivationStore training,
        IUnits units,
        UnitSummary summary,
        IReadOnlyList<int> chosen,
        UnitRecordOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new UnitRecordOptions();
        (int, IReadOnlyList<Example>)[] wanted = [.. chosen.Select(unit => (unit, Choose(summary, unit, options)))];
        IReadOnlyList<ActivationRecord>[] records = ReadWindows(training, units, wanted, cancellationToken);
        return
        [
            .. chosen.Select((unit, i) => new UnitRecord
            {
                Unit = unit,
                Kind = units.Kind,
                Hook = units.Hook,
                Density = summary.Density(unit),
                Train = records[i],
            }),
        ];
    }

    internal static IReadOnlyList<ActivationRecord>[] ReadWindows(
        ActivationStore store, IUnits units, IReadOnlyList<(int Unit, IReadOnlyList<Example> Windows)> wanted, CancellationToken cancellationToken)
    {
        ActivationRecord[][] records = [.. wanted.Select(one => new ActivationRecord[one.Windows.Count])];
        ILookup<int, (Example Window, int Unit, int Item, int Slot)> bySequence = wanted
            .SelectMany((one, item) => one.Windows.Select((window, slot) => (Window: window, one.Unit, Item: item, Slot: slot)))
            .ToLookup(one => one.Window.Sequence);
        for (int shard = 0; shard < store.Shards; shard++)
        {
            using StoreShard rows = store.ReadShard(shard);
            foreach ((int sequence, int first, int count) in rows.BySequence())
            {
                if (!bySequence.Contains(sequence))
                {
                    continue;
                }

                cancellationToken.ThrowIfCancellationRequested();
                using Ops ops = new();
                using Tensor part = rows.Activations.Slice(0, first, count);
                Tensor values = units.Evaluate(ops, part);
                int position = rows.Positions.AsSpan<int>()[first];
                ReadOnlySpan<int> tokens = rows.Tokens.AsSpan<int>().Slice(first, count);
                foreach ((Example window, int unit, int item, int slot) in bySequence[sequence])
                {
                    records[item][slot] = Cut(window, window.Start - position, tokens, values, unit);
                }
            }
        }

        return records.Any(unit => unit.Contains(null))
            ? throw new PellucidException($"A summary names windows that store '{store.Folder}' does not hold. Summarize this store.")
            : records;
    }

    private static ActivationRecord Cut(Example window, int offset, ReadOnlySpan<int> tokens, Tensor values, int unit)
    {
        if (offset < 0 || offset + window.Length > tokens.Length)
        {
            throw new PellucidException(
                $"Positions {window.Start} to {window.Start + window.Length - 1} of sequence {window.Sequence} are not in the store. Summarize this store.");
        }

        float[] column = new float[window.Length];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = values.Row(offset + i)[unit];
        }

        return new ActivationRecord(window.Sequence, window.Start, tokens.Slice(offset, window.Length).ToArray(), column);
    }

    /// <summary>Strongest, then weaker ones spread evenly over those kept of each octave, then random ones; no window twice.</summary>
    private static IReadOnlyList<Example> Choose(UnitSummary summary, int unit, UnitRecordOptions options)
    {
        List<Example> chosen = [.. summary.Top(unit).Take(options.Top)];
        HashSet<(int, int)> seen = [.. chosen.Select(Place)];
        float max = summary.Max(unit);
        Example[] weaker = max > 0 ? [.. summary.Between(unit, max / 32, max).Where(example => !seen.Contains(Place(example)))] : [];
        int middle = Math.Min(options.Middle, weaker.Length);
        for (int i = 0; i < middle; i++)
        {
            Add(weaker[weaker.Length - 1 - (i * weaker.Length / middle)]);
        }

        foreach (Example example in summary.Random(unit).Where(example => !seen.Contains(Place(example))).Take(options.Random).ToArray())
        {
            Add(example);
        }

        return chosen;

        void Add(Example example)
        {
            if (seen.Add(Place(example)))
            {
                chosen.Add(example);
            }
        }
    }

    private static (int Sequence, int Start) Place(Example example) => (example.Sequence, example.Start);
}
