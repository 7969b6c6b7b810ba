namespace Pellucid.Tensors;

/// <summary>The factor on a learning rate at each step, counted from 0. Immutable, safe for any thread.</summary>
public sealed class Schedule
{
    private readonly Func<long, double> _factor;

    private Schedule(Func<long, double> factor) => _factor = factor;

    /// <summary>1 throughout.</summary>
    public static Schedule Constant { get; } = new(_ => 1);

    /// <summary>Any factor.</summary>
    /// <param name="factor">The factor at each step, counted from 0.</param>
    public static Schedule Of(Func<long, double> factor) => new(factor);

    /// <summary>Half a cosine from 1 to <paramref name="floor"/>, which stays (Loshchilov and Hutter 2016, arXiv:1608.03983, without restarts).</summary>
    /// <param name="steps">Steps until the floor; at least 1.</param>
    /// <param name="floor">The last factor; 0 to 1.</param>
    public static Schedule Cosine(long steps, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new(step => floor + ((1 - floor) * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2));
    }

    /// <summary>1, and over the last steps in a line to <paramref name="floor"/>, which stays.</summary>
    /// <param name="steps">All steps; at least 1.</param>
    /// <param name="fraction">The fraction of the steps that the line takes, above 0 and at most 1.</param>
    /// <param name="floor">The last factor; 0 to 1.</param>
    public static Schedule LinearDecay(long steps, double fraction = 1, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        return new(step => floor + ((1 - floor) * Math.Clamp((steps - step) / (fraction * steps), 0, 1)));
    }

    /// <summary>1, and times a factor after every so many steps.</summary>
    /// <param name="every">Steps between two changes; at least 1.</param>
    /// <param name="factor">What each of them multiplies by.</param>
    public static Schedule Steps(long every, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return new(step => Math.Pow(factor, step / every));
    }

    /// <summary>Begins with a line from 1 / <paramref name="steps"/> to 1, after which this schedule starts at its own step 0.</summary>
    /// <param name="steps">Steps of the line; 0 or more.</param>
    public Schedule WithWarmup(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return new(step => step < steps ? (step + 1.0) / steps : _factor(step - steps));
    }

    /// <summary>The factor at a step.</summary>
    /// <param name="step">The number of steps that were taken before; 0 or more.</param>
    public double At(long step) => _factor(step);
}
