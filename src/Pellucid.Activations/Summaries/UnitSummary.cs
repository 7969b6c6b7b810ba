using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>
/// What is known of every unit after one pass over the text: moments, a histogram, and the windows in which it was largest, a random
/// few, and a few at each strength. Summaries of parts add up to the summary of the whole. Not safe for concurrent writing.
/// </summary>
public sealed partial class UnitSummary
{
    private const int Octaves = 24;
    private const int LowestOctave = -12;

    private readonly SummaryOptions _options;
    private readonly double[][] _powers = new double[4][];
    private readonly float[] _min;
    private readonly float[] _max;
    private readonly long[] _active;
    private readonly int[] _histogram;
    private readonly ExampleTable _top;
    private readonly ExampleTable _random;
    private readonly ExampleTable _strata;

    /// <summary>Creates an empty summary.</summary>
    /// <param name="units">How many units.</param>
    /// <param name="options">What to keep.</param>
    public UnitSummary(int units, SummaryOptions options)
    {
        (Units, _options) = (units, options);
        for (int i = 0; i < _powers.Length; i++)
        {
            _powers[i] = new double[units];
        }

        (_min, _max, _active, _histogram) = (new float[units], new float[units], new long[units], new int[units * LogHistogram.Bins]);
        Array.Fill(_min, float.PositiveInfinity);
        Array.Fill(_max, float.NegativeInfinity);
        _top = new ExampleTable(units, options.Top);
        _random = new ExampleTable(units, options.Random);
        _strata = new ExampleTable(units * Octaves, options.EachOctave);
    }

    /// <summary>Number of units.</summary>
    public int Units { get; }

    /// <summary>What is kept.</summary>
    public SummaryOptions Options => _options;

    /// <summary>Tokens seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Takes in the values of one sequence.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <param name="firstPosition">Position of the first row in it.</param>
    /// <param name="values">[rows, units], a row a token, in order.</param>
    /// <exception cref="ShapeException">The number of units is another.</exception>
    public void Observe(int sequence, int firstPosition, Tensor values)
    {
        if (values.Shape.Rank != 2 || values.Shape.Width != Units)
        {
            throw new ShapeException($"Summary: {values.Shape} is not [rows, {Units} units].");
        }

        float[] windowMax = new float[Units];
        for (int start = 0; start < values.Shape[0]; start += _options.Window)
        {
            int length = Math.Min(_options.Window, values.Shape[0] - start);
            Array.Fill(windowMax, float.NegativeInfinity);
            for (int row = start; row < start + length; row++)
            {
                Accumulate(values.Row(row), windowMax);
            }

            if (length >= Math.Min(_options.ShortestWindow, _options.Window))
            {
                Offer(sequence, firstPosition + start, length, windowMax);
            }
        }

        Tokens += values.Shape[0];
    }

    /// <summary>Adds the summary of another part of the text.</summary>
    /// <exception cref="PellucidException">It is of other units or other options.</exception>
    public void Merge(UnitSummary other)
    {
        if (other.Units != Units || other._options != _options)
        {
            throw new PellucidException("Summaries of different units or options cannot be added.");
        }

        for (int power = 0; power < _powers.Length; power++)
        {
            Add(_powers[power], other._powers[power]);
        }

        Add(_histogram, other._histogram);
        Add(_active, other._active);
        for (int unit = 0; unit < Units; unit++)
        {
            _min[unit] = Math.Min(_min[unit], other._min[unit]);
            _max[unit] = Math.Max(_max[unit], other._max[unit]);
        }

        _top.Merge(other._top);
        _random.Merge(other._random);
        _strata.Merge(other._strata);
        Tokens += other.Tokens;
    }

    private static void Add<T>(T[] to, T[] from)
        where T : System.Numerics.INumber<T>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }

    private void Accumulate(ReadOnlySpan<float> row, float[] windowMax)
    {
        for (int unit = 0; unit < row.Length; unit++)
        {
            float value = row[unit];
            windowMax[unit] = Math.Max(windowMax[unit], value);
            _min[unit] = Math.Min(_min[unit], value);
            _max[unit] = Math.Max(_max[unit], value);
            if (value == 0)
            {
                _histogram[(unit * LogHistogram.Bins) + LogHistogram.Zero]++;
                continue;
            }

            double power = value;
            _powers[0][unit] += power;
            _powers[1][unit] += power *= value;
            _powers[2][unit] += power *= value;
            _powers[3][unit] += power * value;
            _histogram[(unit * LogHistogram.Bins) + LogHistogram.BinOf(value)]++;
            if (value > 0)
            {
                _active[unit]++;
            }
        }
    }

    private void Offer(int sequence, int start, int length, float[] windowMax)
    {
        for (int unit = 0; unit < Units; unit++)
        {
            float max = windowMax[unit];
            Example example = new(sequence, start, length, max);
            ulong priority = Priority(unit, example);
            _top.Insert(unit, ExampleTable.Descending(max), example);
            _random.Insert(unit, priority, example);
            if (max > 0)
            {
                _strata.Insert((unit * Octaves) + OctaveOf(max), priority, example);
            }
        }
    }

    private static int OctaveOf(float max) => Math.Clamp(Math.ILogB(max) - LowestOctave, 0, Octaves - 1);

    /// <summary>A number that depends on the window, the unit and the seed alone, so that random choices add up over parts.</summary>
    private ulong Priority(int unit, Example example)
    {
        ulong x = ((ulong)(uint)example.Sequence << 32) ^ (uint)example.Start ^ ((ulong)_options.Seed * 0x9E3779B97F4A7C15) ^ ((ulong)unit * 0xD1B54A32D192ED03);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
