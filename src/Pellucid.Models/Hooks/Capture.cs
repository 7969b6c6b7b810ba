using System.Collections.Frozen;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>Which activations a run keeps, and at which positions. Immutable.</summary>
public sealed class Capture
{
    private readonly FrozenSet<string> _hooks;
    private readonly Index[]? _positions;
    private readonly Range? _range;

    private Capture(FrozenSet<string> hooks, Index[]? positions = null, Range? range = null) => (_hooks, _positions, _range) = (hooks, positions, range);

    /// <summary>Nothing.</summary>
    public static Capture None { get; } = new(FrozenSet<string>.Empty);

    /// <summary>Names of the activations.</summary>
    public IReadOnlySet<string> Hooks => _hooks;

    /// <summary>The same, to be gone through without an enumerator on the heap.</summary>
    internal ReadOnlySpan<string> Names => _hooks.Items.AsSpan();

    /// <summary>Whether every position is kept.</summary>
    internal bool IsWhole => _positions is null && _range is null;

    internal bool Contains(string hook) => _hooks.Contains(hook);

    /// <summary>The activations of these names.</summary>
    public static Capture Of(params IEnumerable<string> hooks) => new(hooks.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Every activation of a model.</summary>
    public static Capture All(Model model) => Of(model.Hooks.Points.Select(point => point.Name));

    /// <summary>
    /// The same activations at some positions alone: the pos axis of what is kept (of scores and patterns, the query axis) has as many places as there
    /// are positions, in this order, and nothing else is held. <c>^1</c> is the last token of each sequence.
    /// </summary>
    /// <param name="positions">Places in each sequence, padding not counted; one from the end counts from that sequence's end.</param>
    /// <exception cref="PellucidException">There are none.</exception>
    public Capture At(params ReadOnlySpan<Index> positions) => positions.Length == 0
        ? throw new PellucidException("A capture at no position keeps nothing. Name one, such as ^1 for the last.")
        : new Capture(_hooks, positions.ToArray());

    /// <summary>
    /// The same activations at a range of positions alone. From an end that is counted from the back the range must have as many positions in each
    /// sequence of a batch.
    /// </summary>
    /// <param name="positions">Places in each sequence, padding not counted.</param>
    public Capture At(Range positions) => new(_hooks, null, positions);

    /// <summary>Refuses what a model or a batch does not have.</summary>
    /// <exception cref="HookNotFoundException">The model does not have an activation.</exception>
    /// <exception cref="PellucidException">A sequence does not have a position, or sequences have different numbers of them.</exception>
    internal void Check(HookTable table, TokenBatch tokens)
    {
        foreach (string hook in Names)
        {
            _ = table[hook];
        }

        if (IsWhole)
        {
            return;
        }

        int first = ColumnsOf(tokens, 0).Length;
        for (int row = 1; row < tokens.Count; row++)
        {
            int count = ColumnsOf(tokens, row).Length;
            if (count != first)
            {
                throw new PellucidException($"Positions {_range} are {first} of sequence 0 and {count} of sequence {row}, which have {tokens.Lengths[0]} and {tokens.Lengths[row]} tokens. Count both ends from the same side, or run the sequences apart.");
            }
        }
    }

    /// <summary>The columns of a batch that are kept of one sequence.</summary>
    internal int[] ColumnsOf(TokenBatch tokens, int row)
    {
        int length = tokens.Lengths[row], before = tokens.FirstColumns[row];
        if (_range is { } range)
        {
            (int start, int end) = (range.Start.GetOffset(length), range.End.GetOffset(length));
            return start >= 0 && start < end && end <= length
                ? [.. Enumerable.Range(before + start, end - start)]
                : throw new PellucidException($"Positions {range} were asked for; sequence {row} has {length} tokens, 0 to {length - 1}. Ask for some of those.");
        }

        return Array.ConvertAll(_positions ?? [], index => index.GetOffset(length) is var place && place >= 0 && place < length
            ? before + place
            : throw new PellucidException($"Position {index} was asked for; sequence {row} has {length} tokens, 0 to {length - 1}. Ask for one of those."));
    }
}
