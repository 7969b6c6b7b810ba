// A function of one number by steps (Lindner et al. 2023, arXiv:2301.05062, appendix): over sorted inputs s_0 < s_1 < ... the output is
//   f(s_0) + Σ_k (f(s_k) − f(s_{k−1})) · step_k(x),   step_k(x) = ReLU(L(x − t_k) + 1) − ReLU(L(x − t_k)),
// which is 0 for x ≤ t_k − 1/L and 1 for x ≥ t_k: two hidden units a threshold, and one that is always 1.
//
// Departures, so that the steps are exact in float32. (1) Slopes L are powers of two, chosen for each threshold by the gap in which it
// lies, and L·t is a multiple of 2⁻⁶ that is at least 1: then L·x − L·t and L·x − L·t + 1 lie on the grid of L·x and below it in size, so
// that no operation rounds. (2) Thresholds below 0 use the mirrored step, 1 − step'(x), step'(x) = ReLU(L(t − x) + 1) − ReLU(L(t − x)),
// which is exact for negative x for the same reason; the 1 goes into the constant. At x = 0 therefore every step unit is silent. (3)
// Positive steps are summed from the smallest on, mirrored ones from the largest, so that the partial sums of a coordinate of a one-hot are
// 0 or 1 between steps, and the sum is exact too. Of a numerical output they are rounded, by about 2⁻²⁴ of the largest L·x times the change
// of the output. (4) The constant unit reads one − bos, so that a map writes nothing at BOS.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>One threshold: the output changes from that of the value below to that of the value above.</summary>
/// <param name="Slope">L, a power of two.</param>
/// <param name="Offset">L·t, at least 1; of a mirrored step L·|t|.</param>
/// <param name="IsMirrored">Whether the step looks at what lies below the threshold.</param>
/// <param name="Lower">Output below.</param>
/// <param name="Upper">Output above.</param>
internal sealed record Step(double Slope, double Offset, bool IsMirrored, Value Lower, Value Upper);

/// <summary>A function of one number as thresholds.</summary>
internal sealed class StepMap
{
    private const double Grid = 64, LargestReach = 1 << 17;

    private StepMap(Value atZero, IReadOnlyList<Step> steps) => (AtZero, Steps) = (atZero, steps);

    /// <summary>The output where every step unit is silent: that of the region of 0.</summary>
    internal Value AtZero { get; }

    /// <summary>Mirrored steps from the largest threshold down, then the others from the smallest up.</summary>
    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>
    /// Whether thresholds between the declared values of a variable give the right output at every number that it can take.
    /// </summary>
    internal static bool IsFaithful(VariableSpace operand, Func<Value, Value> function)
    {
        (double[] values, Value[] outputs) = Defined(operand.Values.Select(value => value.Number), function);
        foreach (double number in operand.Reachable!)
        {
            Value output = function(number);
            if (output.IsDefined && values.Length > 0 && Region(values, outputs, number, output) < 0)
            {
                return false;
            }
        }

        // Between two values the outputs below must come before the outputs above.
        foreach ((double low, double high, Value lower, Value upper) in Gaps(values, outputs))
        {
            Value[] between = [.. operand.Reachable!.Where(x => x > low && x < high).Select(x => function(x)).Where(y => y.IsDefined)];
            if (lower != upper && between.SkipWhile(y => y == lower).Any(y => y == lower))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Plans the thresholds of a function of a numerical variable.</summary>
    /// <exception cref="RaspException">Two values that must be told apart are too near one another for float32.</exception>
    internal static StepMap Plan(VariableSpace operand, Func<Value, Value> function)
    {
        IEnumerable<double> numbers = IsFaithful(operand, function) ? operand.Values.Select(value => value.Number) : operand.Reachable!;
        return Plan(numbers, operand.Reachable!, function);
    }

    /// <summary>Plans the thresholds between given numbers.</summary>
    /// <param name="told">The numbers that are told apart, ascending.</param>
    /// <param name="reachable">The numbers that can be met.</param>
    /// <param name="function">The function.</param>
    internal static StepMap Plan(IEnumerable<double> told, double[] reachable, Func<Value, Value> function)
    {
        (double[] values, Value[] outputs) = Defined(told, function);
        double reach = reachable.Concat(values).Max(Math.Abs);
        List<Step> mirrored = [], plain = [];
        Value atZero = outputs[0];
        foreach ((double low, double high, Value lower, Value upper) in Gaps(values, outputs))
        {
            double below = reachable.Where(x => x > low && x < high && function(x) == lower).Append(low).Max();
            double above = reachable.Where(x => x > below && x < high && function(x) == upper).Append(high).Min();
            Step step = Between(lower == upper ? low : below, lower == upper ? high : above, lower, upper, reach);
            (step.IsMirrored ? mirrored : plain).Add(step);
            atZero = step.IsMirrored ? upper : atZero;
        }

        mirrored.Reverse();
        return new StepMap(atZero, [.. mirrored, .. plain]);
    }

    private static Step Between(double low, double high, Value lower, Value upper, double reach)
    {
        bool isMirrored = high <= 0;
        (double near, double far) = isMirrored ? (-high, -low) : (Math.Max(low, 0), high);
        double gap = far - near;
        double slope = Math.Pow(2, Math.Ceiling(Math.Log2(2 / gap)));
        if (slope * reach > LargestReach)
        {
            // A pair of equal outputs is a step of height 0: any threshold does. Numbers that differ by rounding alone come here.
            slope = lower == upper ? 1 : throw new RaspException(
                $"The numbers {low:R} and {high:R} must be told apart, which float32 does not allow. "
                + "Use a shorter input, or a function that gives the same for both.");
        }

        double threshold = near + ((gap + (1 / slope)) / 2);
        double offset = Math.Max(1, Math.Round(slope * threshold * Grid) / Grid);
        return new Step(slope, offset, isMirrored, lower, upper);
    }

    private static (double[] Values, Value[] Outputs) Defined(IEnumerable<double> numbers, Func<Value, Value> function)
    {
        (double Number, Value Output)[] defined = [.. numbers.Select(number => (number, function(number))).Where(pair => pair.Item2.IsDefined)];
        return ([.. defined.Select(pair => pair.Number)], [.. defined.Select(pair => pair.Output)]);
    }

    private static IEnumerable<(double Low, double High, Value Lower, Value Upper)> Gaps(double[] values, Value[] outputs) =>
        Enumerable.Range(1, Math.Max(values.Length - 1, 0)).Select(k => (values[k - 1], values[k], outputs[k - 1], outputs[k]));

    /// <summary>The value whose region may hold a number with that output; −1 where none does.</summary>
    private static int Region(double[] values, Value[] outputs, double number, Value output)
    {
        int above = Array.FindIndex(values, value => value >= number);
        above = above < 0 ? values.Length : above;
        if (above < values.Length && outputs[above] == output)
        {
            return above;
        }

        bool isExact = above < values.Length && values[above] == number;
        return above > 0 && !isExact && outputs[above - 1] == output ? above - 1 : -1;
    }
}
