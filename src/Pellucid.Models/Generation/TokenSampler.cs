using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>Chooses the next token of one sequence. Nucleus sampling: Holtzman et al. 2020, arXiv:1904.09751.</summary>
internal sealed class TokenSampler(GenerateOptions options, int sequence)
{
    private readonly SeededRandom _random = new(options.Seed, sequence);

    /// <summary>Chooses from one row of logits.</summary>
    /// <exception cref="PellucidException">They hold NaN or plus infinity, of which no token can be chosen.</exception>
    internal int Choose(ReadOnlySpan<float> logits)
    {
        if (!float.IsFinite(Largest(logits)))
        {
            throw new PellucidException(
                "No token can be chosen: the logits hold NaN or infinity. Run the tokens with a capture to see where they begin; check weights and interventions.");
        }

        if (options.Temperature == 0)
        {
            return Likeliest(logits);
        }

        (double[] probabilities, int[] order) = Distribution(logits);
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
        float largest = float.NegativeInfinity;
        foreach (float value in logits)
        {
            largest = MathF.Max(largest, value);
        }

        return largest;
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
            {
                best = id;
            }
        }

        return best;
    }

    private (double[] Probabilities, int[] Order) Distribution(ReadOnlySpan<float> logits)
    {
        float max = logits[Likeliest(logits)];
        double[] probabilities = new double[logits.Length];
        double sum = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            sum += probabilities[id] = Math.Exp((logits[id] - max) / options.Temperature);
        }

        int[] order = new int[logits.Length];
        for (int id = 0; id < order.Length; id++)
        {
            probabilities[id] /= sum;
            order[id] = id;
        }

        if (options.TopP < 1)
        {
            Array.Sort(order, (a, b) => probabilities[b] != probabilities[a] ? probabilities[b].CompareTo(probabilities[a]) : a.CompareTo(b));
        }

        return (probabilities, order);
    }
}
