namespace Pellucid.Activations;

/// <summary>
/// The bins of a unit's histogram: eight to an octave of |value| from 2^−20 to 2^12 on either side of zero, so that one fixed layout
/// serves every unit and histograms add up exactly. The bins of an octave are of equal width, so the middle of one is within 1/16 (6.25 %)
/// of every value in it.
/// </summary>
public static class LogHistogram
{
    private const int PerOctave = 8;
    private const int LowestExponent = -20;
    private const int Octaves = 32;
    private const int Side = Octaves * PerOctave;

    /// <summary>Number of bins: 256 of negative values, one of zero, 256 of positive ones.</summary>
    public const int Bins = (2 * Side) + 1;

    /// <summary>The bin of zero.</summary>
    public const int Zero = Side;

    /// <summary>The bin of a value; magnitudes beyond the range count in the outermost bin, below it as zero.</summary>
    public static int BinOf(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value) & 0x7FFF_FFFF;
        int step = (int)(bits >> 20) - ((LowestExponent + 127) << 3); // the exponent and three bits of mantissa
        if (step < 0)
        {
            return Zero;
        }

        int bin = Math.Min(step, Side - 1) + 1;
        return value < 0 ? Zero - bin : Zero + bin;
    }

    /// <summary>The value in the middle of a bin (0 for the zero bin).</summary>
    public static double Middle(int bin)
    {
        int step = Math.Abs(bin - Zero) - 1;
        if (step < 0)
        {
            return 0;
        }

        double octave = Math.ScaleB(1, (step / PerOctave) + LowestExponent);
        double middle = octave * (1 + (((step % PerOctave) + 0.5) / PerOctave));
        return bin < Zero ? -middle : middle;
    }
}
