using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// One number of a run, of which gradients are asked: an expression over <see cref="Ops"/> from the logits of the places that it reads, or
/// from one activation. Logits are computed only where a metric reads them. Immutable.
/// </summary>
public sealed partial class Metric
{
    private readonly Func<TokenBatch, IEnumerable<(int Sequence, int Position)>> _places;
    private readonly Func<Ops, Tensor, TokenBatch, Tensor> _expression;
    private readonly int[] _tokens;
    private bool _isCustom;

    private Metric(
        string name,
        Func<TokenBatch, IEnumerable<(int Sequence, int Position)>> places,
        Func<Ops, Tensor, TokenBatch, Tensor> expression,
        string? hook = null,
        params int[] tokens)
    {
        (Name, _places, _expression, Hook, _tokens) = (name, places, expression, hook, tokens);
    }

    /// <summary>What is measured, for provenance and messages.</summary>
    public string Name { get; }

    /// <summary>The activation that it reads; null where it reads logits.</summary>
    public string? Hook { get; }

    /// <summary>A metric of logits.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="places">The places whose logits are read; every real token's when null. Sequence and position count from 0.</param>
    /// <param name="expression">Takes the operations, the logits [place, d_vocab] in the order of the places, and the tokens; returns one value.</param>
    public static Metric OfLogits(
        string name, Func<TokenBatch, IEnumerable<(int Sequence, int Position)>>? places, Func<Ops, Tensor, TokenBatch, Tensor> expression) =>
        new(name, places ?? EveryToken, expression) { _isCustom = true };

    /// <summary>A metric of one activation; the run goes no further than to it.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="hook">The activation.</param>
    /// <param name="expression">Takes the operations and the activation, after the interventions at its hook; returns one value.</param>
    public static Metric OfActivation(string name, string hook, Func<Ops, Tensor, Tensor> expression) =>
        new(name, static _ => [], (ops, activation, _) => expression(ops, activation), hook) { _isCustom = true };

    /// <summary>A metric that reads the same and takes about as much memory, whatever the values are: this one, or a sum in place of an expression written elsewhere.</summary>
    internal Metric Plannable() => !_isCustom ? this : new(Name, _places, static (ops, read, _) => ops.Sum(read), Hook, _tokens);

    internal Tensor Evaluate(Ops ops, Tensor read, TokenBatch tokens) => _expression(ops, read, tokens);

    /// <summary>The rows of [batch · pos, d_vocab] that are read.</summary>
    /// <exception cref="PellucidException">A place or a token is not there, or nothing is read.</exception>
    internal int[] RowsOf(TokenBatch tokens, int vocabulary)
    {
        foreach (int token in _tokens)
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new PellucidException($"Metric '{Name}': token id {token} is not in the vocabulary, 0 to {vocabulary - 1}.");
            }
        }

        int[] rows = [.. _places(tokens).Select(place => RowOf(tokens, place.Sequence, place.Position))];
        return rows.Length > 0 ? rows : throw new PellucidException($"Metric '{Name}' reads no place of these tokens; a loss needs two tokens or more.");
    }

    private static IEnumerable<(int Sequence, int Position)> EveryToken(TokenBatch tokens) => Places(tokens, 0);

    private static IEnumerable<(int Sequence, int Position)> Places(TokenBatch tokens, int leaveOut) =>
        from sequence in Enumerable.Range(0, tokens.Count)
        from position in Enumerable.Range(0, tokens.Lengths[sequence] - leaveOut)
        select (sequence, position);

    private int RowOf(TokenBatch tokens, int sequence, int position) =>
        (uint)sequence < (uint)tokens.Count && (uint)position < (uint)tokens.Lengths[sequence]
            ? (sequence * tokens.Positions) + position
            : throw new PellucidException(
                $"Metric '{Name}' reads position {position} of sequence {sequence}; the batch has {tokens.Count} sequences"
                + $"{((uint)sequence < (uint)tokens.Count ? $", this one of {tokens.Lengths[sequence]} tokens" : "")}.");
}
