using System.Numerics;
using System.Runtime.InteropServices;
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
    private const int MostUnits = 1 << 20;
    private const int MostExamples = 1 << 28;

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
    /// <exception cref="PellucidException">There are more than 2^20 units, or an option is out of range.</exception>
    public UnitSummary(int units, SummaryOptions options)
    {
        options.Check();
        if (units is < 1 or > MostUnits || (long)units * (options.Top + options.Random + (Octaves * options.EachOctave)) > MostExamples)
        {
            throw new PellucidException($"A summary of {units} units with {options} is too large. Summarize fewer units at once, or keep fewer examples.");
        }

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
    /// <param name="values">[rows, units], a row a token, in order; F32.</param>
    /// <exception cref="ShapeException">The number of units is another.</exception>
    /// <exception cref="PellucidException">A value is NaN or infinite, or there are more than 2^31 − 1 tokens; the summary is as it was.</exception>
    public void Observe(int sequence, int firstPosition, Tensor values)
    {
        if (values.Shape.Rank != 2 || values.Shape.Width != Units)
        {
            throw new ShapeException($"Summary: {values.Shape} is not [rows, {Units} units].");
        }

        ReadOnlySpan<float> all = values.AsSpan();
        RequireFinite(all, sequence, firstPosition);
        CountTokens(values.Shape[0]);
        int[] nonzero = new int[Units];
        float[] windowMax = new float[Units];
        for (int start = 0; start < values.Shape[0]; start += _options.Window)
        {
            int length = Math.Min(_options.Window, values.Shape[0] - start);
            Array.Clear(nonzero);
            Array.Fill(windowMax, float.NegativeInfinity);
            for (int row = start; row < start + length; row++)
            {
                Accumulate(all.Slice(row * Units, Units), nonzero, windowMax);
            }

            AccumulateZeros(length, nonzero, windowMax);
            if (length >= Math.Min(_options.ShortestWindow, _options.Window))
            {
                Offer(sequence, firstPosition + start, length, windowMax);
            }
        }

        GC.KeepAlive(values);
    }

    /// <summary>Adds the summary of another part of the text.</summary>
    /// <exception cref="PellucidException">It is of other units or other options.</exception>
    public void Merge(UnitSummary other)
    {
        if (other.Units != Units || other._options != _options)
        {
            throw new PellucidException($"Summaries of {Units} and {other.Units} units, or of other options, cannot be added.");
        }

        CountTokens(other.Tokens);

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
    }

    private static void Add<T>(T[] to, T[] from)
        where T : INumber<T>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }

    /// <summary>
    /// Takes in one token. Most values of a dictionary's latents are zero, so whole vectors of zeros are passed over; each unit's values
    /// are added in the order of the tokens, whatever the width of a vector.
    /// </summary>
    private void Accumulate(ReadOnlySpan<float> row, int[] nonzero, float[] windowMax)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        for (int i = 0; i < vectors.Length; i++)
        {
            if (vectors[i] != Vector<float>.Zero)
            {
                AccumulateEach(row, i * Vector<float>.Count, (i + 1) * Vector<float>.Count, nonzero, windowMax);
            }
        }

        AccumulateEach(row, vectors.Length * Vector<float>.Count, row.Length, nonzero, windowMax);
    }

    private void AccumulateEach(ReadOnlySpan<float> row, int from, int to, int[] nonzero, float[] windowMax)
    {
        for (int unit = from; unit < to; unit++)
        {
            float value = row[unit];
            if (value == 0)
            {
                continue;
            }

            nonzero[unit]++;
            windowMax[unit] = value > windowMax[unit] ? value : windowMax[unit];
            _min[unit] = value < _min[unit] ? value : _min[unit];
            _active[unit] += value > 0 ? 1 : 0;
            double power = value;
            _powers[0][unit] += power;
            _powers[1][unit] += power *= value;
            _powers[2][unit] += power *= value;
            _powers[3][unit] += power * value;
            _histogram[(unit * LogHistogram.Bins) + LogHistogram.BinOf(value)]++;
        }
    }

    /// <summary>Brings in the zeros of a window, which the pass over its values left out, and its maxima.</summary>
    private void AccumulateZeros(int length, int[] nonzero, float[] windowMax)
    {
        for (int unit = 0; unit < Units; unit++)
        {
            if (nonzero[unit] < length)
            {
                _histogram[(unit * LogHistogram.Bins) + LogHistogram.Zero] += length - nonzero[unit];
                windowMax[unit] = Math.Max(windowMax[unit], 0);
                _min[unit] = Math.Min(_min[unit], 0);
            }

            _max[unit] = Math.Max(_max[unit], windowMax[unit]);
        }
    }

    /// <summary>Counts are 32 bits wide: they must not wrap around.</summary>
    private void CountTokens(long added) => Tokens = Tokens + added <= int.MaxValue
        ? Tokens + added
        : throw new PellucidException($"A summary counts at most {int.MaxValue} tokens; {Tokens + added} were to be counted. Summarize parts.");

    private void RequireFinite(ReadOnlySpan<float> values, int sequence, int firstPosition)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> largest = new(float.MaxValue);
        int at = 0;
        while (at < vectors.Length && Vector.LessThanOrEqualAll(Vector.Abs(vectors[at]), largest))
        {
            at++;
        }

        for (int i = at * Vector<float>.Count; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new PellucidException(
                    $"Unit {i % Units} is {values[i]} at position {firstPosition + (i / Units)} of sequence {sequence}; finite values were expected. Check the model's weights, or leave that text out.");
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
