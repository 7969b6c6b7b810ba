using System.Numerics;
using System.Runtime.InteropServices;
using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>
/// Chooses the next token of one sequence. Top-k: Fan et al. 2018, arXiv:1805.04833; nucleus: Holtzman et al. 2020, arXiv:1904.09751; min-p: Nguyen et
/// al. 2024, arXiv:2407.01082.
/// </summary>
internal sealed class TokenSampler(GenerateOptions options, int sequence)
{
    private readonly SeededRandom _random = new(options.Seed, sequence);
    private readonly PriorityQueue<int, double> _best = new();
    private readonly HashSet<int> _seen = [];
    private double[] _probabilities = []; // these are as long as the last logits, kept for the next
    private int[] _order = [];
    private float[] _penalized = [];
    private int _read;

    /// <summary>Chooses from one row of logits.</summary>
    /// <param name="logits">[d_vocab].</param>
    /// <param name="before">The tokens of the sequence so far, as long as it grows; only a repetition penalty reads them.</param>
    /// <exception cref="PellucidException">They hold NaN or plus infinity, of which no token can be chosen.</exception>
    internal int Choose(ReadOnlySpan<float> logits, IReadOnlyList<int>? before = null)
    {
        if (options.RepetitionPenalty != 1 && before is not null)
        {
            logits = Penalized(logits, before);
        }

        float largest = Largest(logits);
        if (!float.IsFinite(largest))
        {
            throw new PellucidException(
                "No token can be chosen: the logits hold NaN or infinity. Run the tokens with a capture to see where they begin; check weights and interventions.");
        }

        if (options.Temperature == 0)
        {
            return FirstOf(logits, largest);
        }

        ReadOnlySpan<int> kept = Kept(logits, largest);
        double total = 0;
        foreach (int id in kept)
        {
            total += _probabilities[id];
        }

        double drawn = _random.NextDouble() * total;
        foreach (int id in kept)
        {
            drawn -= _probabilities[id];
            if (drawn < 0)
            {
                return id;
            }
        }

        return kept[^1];
    }

    /// <summary>Keskar et al. 2019, arXiv:1909.05858, with the sign that makes a negative logit smaller too.</summary>
    private ReadOnlySpan<float> Penalized(ReadOnlySpan<float> logits, IReadOnlyList<int> before)
    {
        for (; _read < before.Count; _read++)
        {
            _seen.Add(before[_read]);
        }

        _penalized = _penalized.Length == logits.Length ? _penalized : new float[logits.Length];
        logits.CopyTo(_penalized);
        foreach (int id in _seen)
        {
            float logit = logits[id], penalty = (float)options.RepetitionPenalty;
            _penalized[id] = logit < 0 ? logit * penalty : logit / penalty;
        }

        return _penalized;
    }

    /// <summary>NaN if any is.</summary>
    private static float Largest(ReadOnlySpan<float> logits)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        Vector<float> largest = new(float.NegativeInfinity);
        foreach (Vector<float> vector in vectors)
        {
            largest = Vector.Max(largest, vector);
        }

        float result = float.NegativeInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = MathF.Max(result, largest[lane]);
        }

        foreach (float value in logits[(vectors.Length * Vector<float>.Count)..])
        {
            result = MathF.Max(result, value);
        }

        return result;
    }

    /// <summary>The first place that holds a value.</summary>
    private static int FirstOf(ReadOnlySpan<float> logits, float value)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        Vector<float> wanted = new(value);
        int before = 0;
        while (before < vectors.Length && !Vector.EqualsAny(vectors[before], wanted))
        {
            before++;
        }

        int start = before * Vector<float>.Count;
        return start + logits[start..].IndexOf(value);
    }

    /// <summary>The tokens that can be drawn: in the order of ids where all can, else likeliest first.</summary>
    private ReadOnlySpan<int> Kept(ReadOnlySpan<float> logits, float largest)
    {
        if (_order.Length != logits.Length)
        {
            (_probabilities, _order) = (new double[logits.Length], new int[logits.Length]);
        }

        double sum = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            sum += _probabilities[id] = Math.Exp((logits[id] - largest) / options.Temperature);
        }

        for (int id = 0; id < _order.Length; id++)
        {
            _probabilities[id] /= sum;
        }

        // What is below the last bound is all together less than top-p leaves out, so that it need not be sorted; the factor is for rounding.
        double least = options.TopK > 0 ? LeastOfTopK() : options.TopP < 1 ? 0.999 * (1 - options.TopP) / logits.Length : 0;
        Span<int> kept = Filled(Math.Max(least, double.Epsilon));
        if (options.TopP < 1)
        {
            kept = Nucleus(kept);
        }

        return options.MinP == 0 ? kept : AtLeast(kept, options.MinP / sum); // the likeliest has 1 / sum
    }

    /// <summary>The probability of the last of the top k.</summary>
    private double LeastOfTopK()
    {
        _best.Clear();
        for (int id = 0; id < _probabilities.Length; id++)
        {
            if (_best.Count < options.TopK)
            {
                _best.Enqueue(id, _probabilities[id]);
            }
            else if (_probabilities[id] > _probabilities[_best.Peek()])
            {
                _best.DequeueEnqueue(id, _probabilities[id]);
            }
        }

        return _probabilities[_best.Peek()];
    }

    /// <summary>The tokens of at least some probability, by their ids.</summary>
    private Span<int> Filled(double least)
    {
        int count = 0;
        for (int id = 0; id < _order.Length; id++)
        {
            if (_probabilities[id] >= least)
            {
                _order[count++] = id;
            }
        }

        return _order.AsSpan(0, count);
    }

    private Span<int> Nucleus(Span<int> tokens)
    {
        tokens.Sort(LikelierFirst);
        double wanted = options.TopP, total = 0;
        if (options.TopK > 0)
        {
            double left = 0;
            foreach (int id in tokens)
            {
                left += _probabilities[id];
            }

            wanted *= left;
        }

        int kept = 0;
        while (kept < tokens.Length && (kept == 0 || total < wanted))
        {
            total += _probabilities[tokens[kept++]];
        }

        return tokens[..kept];
    }

    private Span<int> AtLeast(Span<int> tokens, double least)
    {
        int count = 0;
        foreach (int id in tokens)
        {
            if (_probabilities[id] >= least)
            {
                tokens[count++] = id;
            }
        }

        return tokens[..count];
    }

    private int LikelierFirst(int left, int right) => _probabilities[left] != _probabilities[right]
        ? _probabilities[right].CompareTo(_probabilities[left])
        : left.CompareTo(right);
}
