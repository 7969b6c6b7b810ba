using System.Buffers;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <content>The metrics that most experiments use.</content>
public sealed partial class Metric
{
    /// <summary>The mean loss over all predicted tokens, in nats: the first token of a sequence is predicted by none, padding is left out.</summary>
    public static Metric Loss { get; } = new("loss", EveryPredicted, static (ops, logits, tokens) =>
    {
        int[] targets = ArrayPool<int>.Shared.Rent(logits.Shape[0]);
        int count = 0;
        for (int sequence = 0; sequence < tokens.Count; sequence++)
        {
            for (int position = 1; position < tokens.Lengths[sequence]; position++)
            {
                targets[count++] = tokens[sequence, position];
            }
        }

        Tensor loss = ops.Mean(ops.CrossEntropy(logits, targets.AsSpan(0, count)));
        ArrayPool<int>.Shared.Return(targets);
        return loss;
    }) { PredictsTokens = true };

    /// <summary>The logit of one token at one place.</summary>
    /// <param name="token">Its id.</param>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="position">The position, also from the end of the sequence; the last by default.</param>
    public static Metric Logit(int token, int sequence = 0, Index? position = null) => new(
        $"logit of {token}", At(sequence, position), (ops, logits, _) => Pick(ops, logits, token), null, token);

    /// <summary>The logit of one token less that of another, at one place.</summary>
    /// <param name="token">The one.</param>
    /// <param name="other">The other.</param>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="position">The position, also from the end of the sequence; the last by default.</param>
    public static Metric LogitDifference(int token, int other, int sequence = 0, Index? position = null) => new(
        $"logit difference of {token} and {other}",
        At(sequence, position),
        (ops, logits, _) => ops.Subtract(Pick(ops, logits, token), Pick(ops, logits, other)),
        null,
        token,
        other);

    /// <summary>The logarithm of a token's probability at one place, in nats.</summary>
    /// <param name="token">Its id.</param>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="position">The position, also from the end of the sequence; the last by default.</param>
    public static Metric LogProbability(int token, int sequence = 0, Index? position = null) => new(
        $"log-probability of {token}", At(sequence, position), (ops, logits, _) => ops.Scale(ops.CrossEntropy(logits, [token]), -1), null, token);

    /// <summary>The mean of metrics of logits.</summary>
    /// <exception cref="PellucidException">There are none, or one reads an activation.</exception>
    public static Metric Mean(params IEnumerable<Metric> metrics)
    {
        Metric[] all = [.. metrics];
        if (all.Length == 0 || Array.Exists(all, metric => metric.Hook is not null))
        {
            throw new PellucidException("A mean takes one metric of logits or more, and none of an activation.");
        }

        return new Metric(
            $"mean of {all.Length}: {string.Join(", ", all.Take(3).Select(metric => metric.Name))}",
            (tokens, places) => Array.ForEach(all, metric => metric._places(tokens, places)),
            (ops, logits, tokens) => Sum(ops, logits, tokens, all),
            null,
            [.. all.SelectMany(metric => metric._tokens)])
        {
            PredictsTokens = Array.Exists(all, metric => metric.PredictsTokens),
        };
    }

    private static Tensor Sum(Ops ops, Tensor logits, TokenBatch tokens, Metric[] metrics)
    {
        Tensor? sum = null;
        int first = 0;
        foreach (Metric metric in metrics)
        {
            int count = metric.PlacesOf(tokens).Count;
            Tensor value = ops.Reshape(metric._expression(ops, ops.Slice(logits, 0, first, count), tokens), new Shape(1));
            sum = sum is null ? value : ops.Add(sum, value);
            first += count;
        }

        return ops.Scale(sum!, 1f / metrics.Length);
    }

    private static PlaceReader At(int sequence, Index? position) => (tokens, places) =>
        places.Add((sequence, (uint)sequence < (uint)tokens.Count ? (position ?? ^1).GetOffset(tokens.Lengths[sequence]) : 0));

    private static Tensor Pick(Ops ops, Tensor logits, int token) => ops.Slice(logits, 1, token, 1);
}
