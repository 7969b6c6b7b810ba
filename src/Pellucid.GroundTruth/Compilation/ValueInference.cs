// Basis inference of Lindner et al. 2023 (arXiv:2301.05062), section 3.2: the values that each variable can take, from the vocabulary, the
// length and the functions. The values told apart in a numerical variable are theirs too: the mean of a selection counts as v/n only, not
// as k·v/n. That is enough for tests of sign, and keeps blocks small; the numbers that can really be met are followed beside it, and where
// a function would be wrong at one of them its block takes them all (see StepMap).
namespace Pellucid.GroundTruth.Compilation;

/// <summary>Finds what each variable can hold, and refuses what a network cannot compute.</summary>
internal sealed class ValueInference(VariableGraph graph, CompileOptions options)
{
    private readonly VariableSpace[] _spaces = new VariableSpace[graph.Variables.Count];

    internal VariableSpace[] Run()
    {
        foreach (Variable variable in graph.Variables)
        {
            _spaces[variable.Index] = Evaluator.Guarded(variable.Expression, () => Checked(Infer(variable)));
        }

        return _spaces;
    }

    private VariableSpace Of(Expression expression) => _spaces[graph.Number(expression)];

    private VariableSpace Infer(Variable variable) => variable.Expression switch
    {
        TokensExpression => new(variable, [.. options.Vocabulary], null),
        IndicesExpression => Categorical(variable, Enumerable.Range(0, options.Length).Select(i => (Value)i)),
        SelectorWidthExpression width => Width(variable, width),
        MapExpression map => Map(variable, map),
        SequenceMapExpression map => SequenceMap(variable, map),
        LinearSequenceMapExpression map => Linear(variable, map),
        AggregateExpression aggregate => Aggregate(variable, aggregate),
        _ => throw RaspException.At(variable.Expression, "A constant is no variable that a network computes."),
    };

    private static VariableSpace Categorical(Variable variable, IEnumerable<Value> values)
    {
        Value[] sorted = [.. values.Where(value => value.IsDefined).Distinct().Order()];
        bool isNumerical = variable.Expression.Encoding == ValueEncoding.Numerical && sorted.All(value => value.IsNumeric);
        return new VariableSpace(variable, sorted, isNumerical ? Numbers(sorted) : null);
    }

    private static double[] Numbers(Value[] values) => [.. values.Select(value => value.Number).Distinct().Order()];

    private VariableSpace Width(Variable variable, SelectorWidthExpression width)
    {
        Select(width.Selector, width);
        return Categorical(variable, Enumerable.Range(0, options.Length + 1).Select(i => (Value)i));
    }

    private VariableSpace Map(Variable variable, MapExpression map)
    {
        VariableSpace operand = Of(map.Operand);
        VariableSpace space = Categorical(variable, operand.Values.Select(map.Function));
        if (!operand.IsNumerical)
        {
            return space;
        }

        if (operand.Reachable is null)
        {
            throw RaspException.At(
                map.Operand,
                $"This numerical variable can take more than {CompilerLimits.Numbers} numbers, too many to be mapped. "
                + "Map before averaging, or shorten the input.");
        }

        return StepMap.IsFaithful(operand, map.Function)
            ? space with { Reachable = space.Reachable is null ? null : Numbers([.. operand.Reachable.Select(x => map.Function(x)).Where(y => y.IsDefined)]) }
            : Categorical(variable, operand.Reachable.Select(x => map.Function(x)));
    }

    private VariableSpace SequenceMap(Variable variable, SequenceMapExpression map)
    {
        (VariableSpace first, VariableSpace second) = (Of(map.First), Of(map.Second));
        if (first.IsNumerical || second.IsNumerical || map.Encoding == ValueEncoding.Numerical)
        {
            VariableSpace? odd = first.IsNumerical ? first : second.IsNumerical ? second : null;
            string what = odd is null ? "the result is numerical" : $"'{odd.Name}' is numerical";
            throw RaspException.At(
                map,
                $"A function of two variables takes and gives categorical ones, but {what}. "
                + "Map it to a categorical one first, or use a linear sequence map of two numerical ones.");
        }

        int pairs = first.Values.Length * second.Values.Length;
        if (pairs > CompilerLimits.Hidden)
        {
            throw RaspException.At(
                map,
                $"It needs {first.Values.Length} × {second.Values.Length} = {pairs} dimensions, one for each pair of values; "
                + $"at most {CompilerLimits.Hidden} are built. Use fewer values.");
        }

        return Categorical(variable, first.Values.SelectMany(x => second.Values.Select(y => map.Function(x, y))));
    }

    private VariableSpace Linear(Variable variable, LinearSequenceMapExpression map)
    {
        (VariableSpace first, VariableSpace second) = (Of(map.First), Of(map.Second));
        foreach (VariableSpace operand in (ReadOnlySpan<VariableSpace>)[first, second])
        {
            if (!operand.IsNumerical || map.Encoding != ValueEncoding.Numerical)
            {
                throw RaspException.At(
                    map,
                    $"A linear sequence map is of two numerical variables and gives one, but '{operand.Name}' or the result is categorical. "
                    + "Make both .Numerical().");
            }
        }

        if (first.Reachable is not { } xs || second.Reachable is not { } ys || (long)xs.Length * ys.Length > 16L * CompilerLimits.Numbers)
        {
            return new VariableSpace(variable, [0], null);
        }

        Value[] values = [.. first.Values.SelectMany(x => second.Values.Select(y => map.Apply(x, y))).Distinct().Order()];
        double[] reachable = [.. xs.SelectMany(x => ys.Select(y => map.Apply(x, y).Number)).Distinct().Order()];
        return new VariableSpace(variable, values, reachable.Length > CompilerLimits.Numbers ? null : reachable);
    }

    private VariableSpace Aggregate(Variable variable, AggregateExpression aggregate)
    {
        Select(aggregate.Selector, aggregate);
        VariableSpace operand = Of(aggregate.Operand);
        if (operand.IsNumerical != (aggregate.Encoding == ValueEncoding.Numerical))
        {
            throw RaspException.At(
                aggregate,
                $"What an aggregate takes and what it gives are held alike, but '{operand.Name}' is "
                + $"{(operand.IsNumerical ? "numerical" : "categorical")} and the result is not. Map '{operand.Name}' first.");
        }

        if (!operand.IsNumerical)
        {
            return Categorical(variable, aggregate.Default.IsDefined ? operand.Values.Append(aggregate.Default) : operand.Values);
        }

        if (!aggregate.Default.IsNumeric)
        {
            throw RaspException.At(aggregate, $"A numerical aggregate is a number everywhere; where nothing is selected it cannot be {aggregate.Default.Describe()}.");
        }

        return new VariableSpace(variable, Quotients(operand, aggregate.Default), Means(operand.Reachable, aggregate.Default));
    }

    /// <summary>v/n for the values v and the widths n of a selection, and the number for nothing selected.</summary>
    private Value[] Quotients(VariableSpace operand, Value whenNothing) =>
        [.. operand.Values.SelectMany(value => Enumerable.Range(1, options.Length).Select(n => value / n)).Append(whenNothing).Distinct().Order()];

    /// <summary>Every mean of up to <c>Length</c> of the numbers, and the one for nothing selected.</summary>
    private double[]? Means(double[]? numbers, Value whenNothing)
    {
        if (numbers is null)
        {
            return null;
        }

        HashSet<double> sums = [0], means = [whenNothing.Number];
        for (int n = 1; n <= options.Length; n++)
        {
            sums = [.. sums.SelectMany(sum => numbers.Select(number => sum + number))];
            means.UnionWith(sums.Select(sum => sum / n));
            if (sums.Count > CompilerLimits.Numbers || means.Count > CompilerLimits.Numbers)
            {
                return null;
            }
        }

        return [.. means.Order()];
    }

    private void Select(Selector selector, Expression owner)
    {
        var select = (SelectSelector)selector;
        foreach ((Expression side, string role) in new[] { (select.Keys, "keys"), (select.Queries, "queries") })
        {
            if (Of(side).IsNumerical)
            {
                throw new RaspException(
                    $"A selector compares categorical variables, but its {role} '{Of(side).Name}' are numerical. "
                    + "Map them to a categorical variable first.",
                    selector.Source ?? owner.Source,
                    owner.ToString());
            }
        }
    }

    private static VariableSpace Checked(VariableSpace space)
    {
        if (space.IsNumerical && space.Values.FirstOrDefault(value => !value.IsNumeric) is { IsDefined: true } odd)
        {
            throw RaspException.At(space.Expression, $"A numerical variable holds numbers, but this one can be {odd.Describe()}. Make it categorical.");
        }

        if (space.Values.Length == 0)
        {
            throw RaspException.At(space.Expression, "It is undefined for every value of what it is made of.");
        }

        if (!space.IsNumerical && space.Values.Length > CompilerLimits.Values)
        {
            throw RaspException.At(
                space.Expression,
                $"'{space.Name}' needs {space.Values.Length} dimensions, one for each value it can take; at most {CompilerLimits.Values} are built. "
                + "Use fewer values or a shorter input.");
        }

        return space;
    }
}
