using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// One number of a run, of which gradients are asked: an expression over <see cref="Ops"/> from the logits of the places that it reads, or
/// from one activation, or a weighted sum of such. Logits are computed only where a metric reads them. Immutable.
/// </summary>
public sealed partial class Metric
{
    [ThreadStatic]
    private static List<(int Sequence, int Position)>? _read;

    private readonly PlaceReader _places;
    private readonly Func<Ops, Tensor, TokenBatch, Tensor> _expression;
    private readonly int[] _tokens;
    private readonly string? _hook;
    private readonly (Metric Metric, float Weight)[] _parts = [];
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
        (Name, _places, _expression, _hook, _tokens) = (name, places, expression, hook, tokens);
        (Hooks, ReadsLogits) = (hook is null ? [] : [hook], hook is null);
    }

    private Metric(string name, (Metric Metric, float Weight)[] parts)
    {
        (Name, _parts) = (name, parts);
        _places = (tokens, places) => Array.ForEach(_parts, part => part.Metric._places(tokens, places));
        _expression = static (_, _, _) => throw new NotSupportedException("A sum is evaluated part by part.");
        _tokens = [.. parts.SelectMany(part => part.Metric._tokens)];
        Hooks = [.. parts.SelectMany(part => part.Metric.Hooks).Distinct(StringComparer.Ordinal)];
        ReadsLogits = Array.Exists(parts, part => part.Metric.ReadsLogits);
        PredictsTokens = Array.Exists(parts, part => part.Metric.PredictsTokens);
    }

    /// <summary>Adds the places that a metric reads to a list.</summary>
    private delegate void PlaceReader(TokenBatch tokens, List<(int Sequence, int Position)> places);

    /// <summary>What is measured, for provenance and messages.</summary>
    public string Name { get; }

    /// <summary>The activations that it reads, each once.</summary>
    public IReadOnlyList<string> Hooks { get; }

    /// <summary>Whether it reads logits; a run for one that does not goes no further than to the last activation that it reads.</summary>
    public bool ReadsLogits { get; }

    /// <summary>A metric of logits.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="places">The places whose logits are read; every real token's when null. Sequence and position count from 0, the position in the sequence whatever padding stands before it.</param>
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
    internal Metric Plannable() => _parts.Length > 0
        ? new(Name, Array.ConvertAll(_parts, part => (part.Metric.Plannable(), part.Weight)))
        : !_isCustom ? this : new(Name, _places, static (ops, read, _) => ops.Sum(read), _hook, _tokens) { PredictsTokens = PredictsTokens };

    /// <summary>Its value.</summary>
    /// <param name="ops">The operations.</param>
    /// <param name="activations">What it reads, by hook.</param>
    /// <param name="logits">[place, d_vocab] of the places that it reads; null where it reads none.</param>
    /// <param name="tokens">The tokens.</param>
    /// <exception cref="ShapeException">It, or a part of it, is more than one value.</exception>
    internal Tensor Evaluate(Ops ops, IReadOnlyDictionary<string, Tensor> activations, Tensor? logits, TokenBatch tokens)
    {
        if (_parts.Length == 0)
        {
            return Single(_expression(ops, _hook is null ? logits! : activations[_hook], tokens));
        }

        Tensor? sum = null;
        int first = 0;
        foreach ((Metric metric, float weight) in _parts)
        {
            Tensor? own = null;
            if (metric.ReadsLogits)
            {
                int count = metric.PlacesOf(tokens).Count;
                own = ops.Slice(logits!, 0, first, count);
                first += count;
            }

            Tensor value = ops.Scale(ops.Reshape(metric.Evaluate(ops, activations, own, tokens), new Shape(1)), weight);
            sum = sum is null ? value : ops.Add(sum, value);
        }

        return sum!;
    }

    /// <summary>Puts the rows of [batch · pos, d_vocab_out] that are read in a list.</summary>
    /// <exception cref="PellucidException">A place or a token is not there, nothing is read, or the outputs are not the tokens that it predicts.</exception>
    internal void ReadRows(TokenBatch tokens, ModelConfig config, List<int> rows)
    {
        if (PredictsTokens && config.OutputVocabulary is not null) // no message is made where nothing is refused
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

    private Tensor Single(Tensor value) => value.Count == 1
        ? value
        : throw new ShapeException($"Metric '{Name}' returned {value.Shape}; one value was expected. Reduce it with Ops.Sum or Ops.Mean.");

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
            ? (sequence * tokens.Positions) + tokens.FirstColumns[sequence] + position
            : throw new PellucidException(
                $"Metric '{Name}' reads position {position} of sequence {sequence}; the batch has {tokens.Count} sequences"
                + $"{((uint)sequence < (uint)tokens.Count ? $", this one of {tokens.Lengths[sequence]} tokens" : "")}.");
}
