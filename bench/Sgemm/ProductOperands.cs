using Pellucid.Tensors;

namespace Pellucid.Bench.Sgemm;

/// <summary>The operands that every contender is given, and how long each is measured at a time.</summary>
internal static class ProductOperands
{
    /// <summary>Calls are repeated for at least so long, and the mean of them is one measurement.</summary>
    internal const double BurstSeconds = 0.02;

    private const long CacheBytes = 128L << 20; // four times the largest cache at hand

    /// <summary>How many copies of a matrix are used in turn, so that its next use finds it in memory only, as in a model.</summary>
    internal static int Copies(int inputs, int outputs) => (int)Math.Max(2, CacheBytes / ((long)inputs * outputs * sizeof(float)));

    /// <summary>[rows, columns], uniform in ±0.1.</summary>
    internal static Tensor Values(int rows, int columns)
    {
        Tensor result = Tensor.Empty(new Shape(rows, columns));
        SeededRandom random = new(1);
        foreach (ref float value in result.AsSpan())
        {
            value = (float)(random.NextDouble() - 0.5) * 0.2f;
        }

        return result;
    }
}
