// Lindner et al. 2023 (Tracr, arXiv:2301.05062), section 3.2: each expression becomes one block.
//   map of a categorical variable      one unit for each value of the result (one unit for a number)
//   sequence map                       one unit for each pair of values, ReLU(x_i + y_j − 1)
//   linear sequence map                ReLU(±x), ReLU(±y)
//   map of a numerical variable        thresholds (StepMap)
//   aggregate                          a head; BOS is selected where nothing else is, and holds nothing
//   aggregate with a default           BOS holds the default; one unit that clears it at BOS
//   selector width                     a head that always selects BOS too and reads it, so writes 1/(1 + width); thresholds; one unit that clears BOS
// Departure: scores are 256 for a selected pair, 128 for BOS by default. A pair that is not selected is then 128 behind at least, and the
// exponential of −128 is exactly 0 in float32 (the smallest subnormal is e^−103.3), so that weights are exactly 1/n or 0; with scores of
// 100 a weight of 1e-22 is left.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>Builds the block of each variable.</summary>
internal sealed class BlockBuilder(VariableGraph graph, VariableSpace[] spaces, ResidualBasis basis)
{
    private const double Selected = 256;

    internal VariableBlocks? Build(VariableSpace space) => Evaluator.Guarded(space.Expression, () => space.Expression switch
    {
        TokensExpression or IndicesExpression => null,
        MapExpression map => new VariableBlocks(null, Of(map.Operand).IsNumerical ? Steps(space, map) : Table(space, map)),
        SequenceMapExpression map => new VariableBlocks(null, ReferenceEquals(map.First, map.Second) ? Diagonal(space, map) : Pairs(space, map)),
        LinearSequenceMapExpression map => new VariableBlocks(null, Linear(space, map)),
        SelectorWidthExpression width => new VariableBlocks(CountingHead(space, (SelectSelector)width.Selector), Counts(space)),
        AggregateExpression aggregate => new VariableBlocks(MovingHead(space, aggregate), Cleared(space, aggregate)),
        _ => throw new InvalidOperationException(space.Expression.GetType().Name),
    });

    private VariableSpace Of(Expression expression) => spaces[graph.Number(expression)];

    private MlpBlock Table(VariableSpace space, MapExpression map) => Table(space, Of(map.Operand), map.Function);

    private MlpBlock Diagonal(VariableSpace space, SequenceMapExpression map) => Table(space, Of(map.First), x => map.Function(x, x));

    /// <summary>A map of a categorical variable: the first matrix holds the function, the second is the identity.</summary>
    private MlpBlock Table(VariableSpace space, VariableSpace operand, Func<Value, Value> function)
    {
        List<Entry> into = [], outOf = [];
        (Value Input, Value Output)[] rows = [.. operand.Values.Select(value => (value, function(value))).Where(row => row.Item2.IsDefined)];
        if (space.IsNumerical)
        {
            Number(space, operand, rows, into, outOf);
            return new MlpBlock(space.Variable.Index, outOf.Count, into, outOf);
        }

        int[] directions = [.. basis.Of(space)];
        into.AddRange(rows.Select(row => new Entry(basis.Of(operand, row.Input), Array.IndexOf(directions, basis.Of(space, row.Output)), 1)));
        outOf.AddRange(directions.Select((direction, unit) => new Entry(unit, direction, 1)));
        return new MlpBlock(space.Variable.Index, directions.Length, into, outOf);
    }

    /// <summary>
    /// A number from a categorical variable. One unit holds it; where some values are negative a second one holds their sizes, since a unit
    /// is never negative.
    /// </summary>
    private void Number(VariableSpace space, VariableSpace operand, (Value Input, Value Output)[] rows, List<Entry> into, List<Entry> outOf)
    {
        foreach (double sign in new[] { 1.0, -1.0 })
        {
            (Value Input, Value Output)[] signed = [.. rows.Where(row => row.Output.Number * sign > 0)];
            if (signed.Length > 0 || (sign > 0 && rows.All(row => row.Output.Number == 0)))
            {
                into.AddRange(signed.Select(row => new Entry(basis.Of(operand, row.Input), outOf.Count, row.Output.Number * sign)));
                outOf.Add(new Entry(outOf.Count, basis.Number(space), sign));
            }
        }
    }

    private MlpBlock Pairs(VariableSpace space, SequenceMapExpression map)
    {
        (VariableSpace first, VariableSpace second) = (Of(map.First), Of(map.Second));
        List<Entry> into = [], outOf = [];
        int unit = 0;
        foreach (Value x in first.Values)
        {
            foreach (Value y in second.Values)
            {
                into.AddRange([new(basis.Of(first, x), unit, 1), new(basis.Of(second, y), unit, 1), new(basis.One, unit, -1)]);
                Value output = map.Function(x, y);
                if (output.IsDefined)
                {
                    outOf.Add(new Entry(unit, basis.Of(space, output), 1));
                }

                unit++;
            }
        }

        return new MlpBlock(space.Variable.Index, unit, into, outOf);
    }

    private MlpBlock Linear(VariableSpace space, LinearSequenceMapExpression map)
    {
        (int x, int y, int sum) = (basis.Number(Of(map.First)), basis.Number(Of(map.Second)), basis.Number(space));
        return new MlpBlock(
            space.Variable.Index,
            4,
            [new(x, 0, 1), new(x, 1, -1), new(y, 2, 1), new(y, 3, -1)],
            [new(0, sum, map.A), new(1, sum, -map.A), new(2, sum, map.B), new(3, sum, -map.B)]);
    }

    private MlpBlock Steps(VariableSpace space, MapExpression map) =>
        Steps(space, StepMap.Plan(Of(map.Operand), map.Function), basis.Number(Of(map.Operand)));

    /// <summary>The units of a function by thresholds: the constant first, then two a threshold.</summary>
    private MlpBlock Steps(VariableSpace space, StepMap plan, int input)
    {
        List<Entry> into = [new(basis.One, 0, 1), new(basis.Bos, 0, -1)], outOf = [.. Written(space, 0, plan.AtZero, 1)];
        int unit = 1;
        foreach (Step step in plan.Steps)
        {
            double slope = step.IsMirrored ? -step.Slope : step.Slope;
            foreach ((double offset, double sign) in new[] { (1 - step.Offset, 1.0), (-step.Offset, -1.0) })
            {
                into.AddRange([new(input, unit, slope), new(basis.One, unit, offset)]);
                (Value to, Value from) = step.IsMirrored ? (step.Lower, step.Upper) : (step.Upper, step.Lower);
                outOf.AddRange(Changed(space, unit, to, from, sign));
                unit++;
            }
        }

        return new MlpBlock(space.Variable.Index, unit, into, outOf);
    }

    private IEnumerable<Entry> Changed(VariableSpace space, int unit, Value to, Value from, double sign)
    {
        if (space.IsNumerical)
        {
            return [new(unit, basis.Number(space), sign * (to.Number - from.Number))];
        }

        return to == from ? [] : [.. Written(space, unit, to, sign), .. Written(space, unit, from, -sign)];
    }

    private IEnumerable<Entry> Written(VariableSpace space, int unit, Value value, double factor) => space.IsNumerical
        ? [new(unit, basis.Number(space), factor * value.Number)]
        : [new(unit, basis.Of(space, value), factor)];

    private List<Entry> Scores(SelectSelector selector, double bos)
    {
        (VariableSpace keys, VariableSpace queries) = (Of(selector.Keys), Of(selector.Queries));
        List<Entry> scores = [new(basis.One, basis.Bos, bos)];
        scores.AddRange(
            from query in queries.Values
            from key in keys.Values
            where selector.Predicate(key, query)
            select new Entry(basis.Of(queries, query), basis.Of(keys, key), Selected));
        return scores;
    }

    private HeadBlock MovingHead(VariableSpace space, AggregateExpression aggregate)
    {
        VariableSpace operand = Of(aggregate.Operand);
        IEnumerable<Entry> moved = space.IsNumerical
            ? [new Entry(basis.Number(operand), basis.Number(space), 1)]
            : operand.Values.Select(value => new Entry(basis.Of(operand, value), basis.Of(space, value), 1));
        IEnumerable<Entry> whenNothing = WritesDefault(aggregate) ? Written(space, basis.Bos, aggregate.Default, 1) : [];
        return new HeadBlock(space.Variable.Index, Scores((SelectSelector)aggregate.Selector, Selected / 2), [.. moved, .. whenNothing]);
    }

    /// <summary>BOS selects nothing either, so that the default is written there too, where it is no value of the program: a unit takes it away.</summary>
    private MlpBlock? Cleared(VariableSpace space, AggregateExpression aggregate) => WritesDefault(aggregate)
        ? new MlpBlock(space.Variable.Index, 1, [new(basis.Bos, 0, 1)], [.. Written(space, 0, aggregate.Default, -1)])
        : null;

    private static bool WritesDefault(AggregateExpression aggregate) => aggregate.Default.IsDefined && (aggregate.Encoding == ValueEncoding.Categorical || aggregate.Default != 0);

    private HeadBlock CountingHead(VariableSpace space, SelectSelector select) =>
        new(space.Variable.Index, Scores(select, Selected), [new(basis.Bos, basis.HeadOf(space), 1)]);

    /// <summary>From 1/(1 + n) to n, and a unit that takes away what head and map write at BOS, where nothing is selected.</summary>
    private MlpBlock Counts(VariableSpace space)
    {
        double[] fractions = [.. Enumerable.Range(0, basis.Length + 1).Select(n => 1.0 / (n + 1)).Order()];
        StepMap plan = StepMap.Plan(fractions, fractions, x => Math.Round((1 / x.Number) - 1));
        MlpBlock counts = Steps(space, plan, basis.HeadOf(space));
        int clear = counts.Hidden;
        IEnumerable<Entry> cleared = [new(clear, basis.HeadOf(space), -1), .. ClearedAtBos(space, plan, clear)];
        return new MlpBlock(space.Variable.Index, clear + 1, [.. counts.In, new(basis.Bos, clear, 1)], [.. counts.Out, .. cleared]);
    }

    /// <summary>At BOS the constant unit is silent but every step is taken: the width 0 minus the constant's output was written.</summary>
    private IEnumerable<Entry> ClearedAtBos(VariableSpace space, StepMap plan, int unit) => Changed(space, unit, 0, plan.AtZero, -1);
}
