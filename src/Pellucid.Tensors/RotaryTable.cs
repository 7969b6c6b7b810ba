namespace Pellucid.Tensors;

/// <summary>
/// Cosines and sines of rotary position embedding (Su et al. 2021, arXiv:2104.09864): position p turns the pair
/// (i, i + d/2) of a head by the angle p · base^(−2i/d). Immutable, safe for any thread.
/// </summary>
public sealed class RotaryTable
{
    private const long MostAngles = 1 << 30;

    private RotaryTable(float[] cosines, float[] sines, int positions, int dimensions)
    {
        Cosines = cosines;
        Sines = sines;
        Positions = positions;
        Dimensions = dimensions;
    }

    /// <summary>Number of positions.</summary>
    public int Positions { get; }

    /// <summary>How many dimensions of a head are turned, from its first; even.</summary>
    public int Dimensions { get; }

    internal float[] Cosines { get; }

    internal float[] Sines { get; }

    /// <summary>Computes the table.</summary>
    /// <param name="positions">How many positions, from 0.</param>
    /// <param name="dimensions">How many dimensions of a head are turned; even.</param>
    /// <param name="frequencyBase">10,000 in the paper.</param>
    /// <exception cref="ShapeException">The head size is odd or not positive, or the table would hold more than 2^30 angles.</exception>
    public static RotaryTable Create(int positions, int dimensions, double frequencyBase = 10_000)
    {
        if (dimensions <= 0 || dimensions % 2 != 0)
        {
            throw new ShapeException($"Rotary embedding turns pairs; a head of {dimensions} cannot be paired.");
        }

        // Single precision up to the angle, as the published implementations have it: at long range the bits matter.
        float[] frequencies = new float[dimensions / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = (float)(1.0 / Math.Pow(frequencyBase, 2.0 * i / dimensions));
        }

        return Of(positions, frequencies);
    }

    /// <summary>Computes the table of given frequencies, as those that were changed for longer sequences.</summary>
    /// <param name="positions">How many positions, from 0.</param>
    /// <param name="frequencies">The angle of each pair at position 1, from that of the first pair on.</param>
    /// <param name="factor">On every cosine and sine; 1 as a rule.</param>
    /// <exception cref="ShapeException">There are no frequencies, or the table would hold more than 2^30 angles.</exception>
    public static RotaryTable Of(int positions, ReadOnlySpan<float> frequencies, float factor = 1)
    {
        int half = frequencies.Length;
        if (half == 0 || positions < 0 || (long)positions * half > MostAngles)
        {
            throw new ShapeException($"Rotary embedding of {positions} positions and {half} pairs: 1 pair or more and 0 to {MostAngles} angles can be held.");
        }

        float[] cosines = new float[positions * half], sines = new float[positions * half];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < half; i++)
            {
                float angle = position * frequencies[i];
                cosines[(position * half) + i] = factor * MathF.Cos(angle);
                sines[(position * half) + i] = factor * MathF.Sin(angle);
            }
        }

        return new RotaryTable(cosines, sines, positions, 2 * half);
    }
}
