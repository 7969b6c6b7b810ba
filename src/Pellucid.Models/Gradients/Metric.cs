using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// One number of a run, of which gradients are asked: an expression over <see cref="Ops"/> from the logits of the places that it reads, or
/// from one activation. Logits are computed only where a metric reads them. Immutable.
/// </summary>
public sealed partial class Metric
{
    [ThreadStatic]
    private static List<(int Sequence, int Position)>? _read;

    private readonly PlaceReader _places;
    private readonly Func<Ops, Tensor, TokenBatch, Tensor> _expression;
    private readonly int[] _tokens;
    private bool _isCustom;

    /// <summary>Whether it reads the logits as predictions of the next token.</summary>
    private bool PredictsTokens { get; init; }

    private Metric(
        string name,
        PlaceReader places,
        Func<Ops, Tensor, TokenBatch, Tensor> expression,
        string? hook = null,
        params int[] tokens)
    {
        (Name, _places, _expression, Hook, _tokens) = (name, places, expression, hook, tokens);
    }

    /// <summary>Adds the places that a metric reads to a list.</summary>
    private delegate void PlaceReader(TokenBatch tokens, List<(int Sequence, int Position)> places);

    /// <summary>What is measured, for provenance and messages.</summary>
    public string Name { get; }

    /// <summary>The activation that it reads; null where it reads logits.</summary>
    public string? Hook { get; }

    /// <summary>A metric of logits.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="places">The places whose logits are read; every real token's when null. Sequence and position count from 0.</param>
    /// <param name="expression">Takes the operations, the logits [place, d_vocab_out] in the order of the places, and the tokens; returns one value.</param>
    public static Metric OfLogits(
        string name, Func<TokenBatch, IEnumerable<(int Sequence, int Position)>>? places, Func<Ops, Tensor, TokenBatch, Tensor> expression) =>
        new(name, places is null ? EveryToken : (tokens, read) => read.AddRange(places(tokens)), expression) { _isCustom = true };

    /// <summary>A metric of one activation; the run goes no further than to it.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="hook">The activation.</param>
    /// <param name="expression">Takes the operations and the activation, after the interventions at its hook; returns one value.</param>
    public static Metric OfActivation(string name, string hook, Func<Ops, Tensor, Tensor> expression) =>
        new(name, static (_, _) => { }, (ops, activation, _) => expression(ops, activation), hook) { _isCustom = true };

    /// <summary>A metric that reads the same and takes about as much memory, whatever the values are: this one, or a sum in place of an expression written elsewhere.</summary>
    internal Metric Plannable() => !_isCustom ? this : new(Name, _places, static (ops, read, _) => ops.Sum(read), Hook, _tokens) { PredictsTokens = PredictsTokens };

    internal Tensor Evaluate(Ops ops, Tensor read, TokenBatch tokens) => _expression(ops, read, tokens);

    /// <summary>Puts the rows of [batch · pos, d_vocab_out] that are read in a list.</summary>
    /// <exception cref="PellucidException">A place or a token is not there, nothing is read, or the outputs are not the tokens that it predicts.</exception>
    internal void ReadRows(TokenBatch tokens, ModelConfig config, List<int> rows)
    {
        if (PredictsTokens)
        {
            config.RequirePredictions($"Metric '{Name}'");
        }

        rows.Clear();
        foreach (int token in _tokens)
        {
            if ((uint)token >= (uint)config.Outputs)
            {
                throw new PellucidException($"Metric '{Name}': token id {token} is not in the vocabulary{(config.OutputVocabulary is null ? "" : " of the outputs")}, 0 to {config.Outputs - 1}.");
            }
        }

        foreach ((int sequence, int position) in PlacesOf(tokens))
        {
            rows.Add(RowOf(tokens, sequence, position));
        }

        if (rows.Count == 0)
        {
            throw new PellucidException($"Metric '{Name}' reads no place of these tokens; a loss needs two tokens or more.");
        }
    }

    private static void EveryToken(TokenBatch tokens, List<(int Sequence, int Position)> places) => AddPlaces(tokens, places, 0);

    private static void EveryPredicted(TokenBatch tokens, List<(int Sequence, int Position)> places) => AddPlaces(tokens, places, 1);

    private static void AddPlaces(TokenBatch tokens, List<(int Sequence, int Position)> places, int leaveOut)
    {
        for (int sequence = 0; sequence < tokens.Count; sequence++)
        {
            for (int position = 0; position < tokens.Lengths[sequence] - leaveOut; position++)
            {
                places.Add((sequence, position));
            }
        }
    }

    /// <summary>The places that are read, in a list of this thread's that the next call writes over.</summary>
    private List<(int Sequence, int Position)> PlacesOf(TokenBatch tokens)
    {
        List<(int Sequence, int Position)> places = _read ??= [];
        places.Clear();
        _places(tokens, places);
        return places;
    }

    private int RowOf(TokenBatch tokens, int sequence, int position) =>
        (uint)sequence < (uint)tokens.Count && (uint)position < (uint)tokens.Lengths[sequence]
            ? (sequence * tokens.Positions) + position
            : throw new PellucidException(
                $"Metric '{Name}' reads position {position} of sequence {sequence}; the batch has {tokens.Count} sequences"
                + $"{((uint)sequence < (uint)tokens.Count ? $", this one of {tokens.Lengths[sequence]} tokens" : "")}.");
}
