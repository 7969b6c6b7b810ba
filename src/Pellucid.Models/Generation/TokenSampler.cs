using System.Numerics;
using System.Runtime.InteropServices;
using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>Chooses the next token of one sequence. Nucleus sampling: Holtzman et al. 2020, arXiv:1904.09751.</summary>
internal sealed class TokenSampler(GenerateOptions options, int sequence)
{
    private readonly SeededRandom _random = new(options.Seed, sequence);
    private double[] _probabilities = []; // both as long as the last logits, kept for the next
    private int[] _order = [];

    /// <summary>Chooses from one row of logits.</summary>
    /// <exception cref="PellucidException">They hold NaN or plus infinity, of which no token can be chosen.</exception>
    internal int Choose(ReadOnlySpan<float> logits)
    {
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

        (double[] probabilities, int[] order) = Distribution(logits, largest);
        double total = 0;
        int kept = 0;
        while (kept < order.Length && (kept == 0 || total < options.TopP))
        {
            total += probabilities[order[kept++]];
        }

        double drawn = _random.NextDouble() * total;
        for (int i = 0; i < kept; i++)
        {
            drawn -= probabilities[order[i]];
            if (drawn < 0)
            {
                return order[i];
            }
        }

        return order[kept - 1];
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

    private (double[] Probabilities, int[] Order) Distribution(ReadOnlySpan<float> logits, float largest)
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
            _order[id] = id;
        }

        if (options.TopP < 1)
        {
            Array.Sort(_order, LikelierFirst);
        }

        return (_probabilities, _order);
    }

    private int LikelierFirst(int left, int right) => _probabilities[left] != _probabilities[right]
        ? _probabilities[right].CompareTo(_probabilities[left])
        : left.CompareTo(right);
}
