// A network computes variables and attends by comparing one key variable with one query variable. Two things of RASP are brought to this
// form first. Constants are no variables: functions of them are folded, and a selector that compares with one selects by the other side
// alone. A selector that compares several keys or queries (Weiss et al. 2021 combine selectors by and, or, not) compares tuples of them, so
// that the sizes multiply; Lindner et al. 2023 (Tracr) refuse such selectors.
namespace Pellucid.GroundTruth.Compilation;

/// <summary>
/// Rewrites a program so that every selector compares one variable with one, and no constant is left. Variables keep their names.
/// </summary>
internal sealed class ProgramLowering
{
    private readonly VariableGraph _graph;
    private readonly Expression[] _lowered;

    private ProgramLowering(VariableGraph graph) => (_graph, _lowered) = (graph, new Expression[graph.Variables.Count]);

    internal static RaspProgram Lower(RaspProgram program)
    {
        var lowering = new ProgramLowering(program.Graph);
        foreach (Variable variable in program.Graph.Variables)
        {
            Expression made = Evaluator.Guarded(variable.Expression, () => lowering.Rewritten(variable));
            lowering._lowered[variable.Index] = made is TokensExpression or IndicesExpression ? made : made.As(variable.Name, variable.Expression);
        }

        Variable output = program.Graph.Output;
        return new RaspProgram(program.Name, lowering.Made(output.Expression), program.Text);
    }

    private Expression Of(Expression expression) => _lowered[_graph.Number(expression)];

    /// <summary>The same as a variable: a constant becomes a map of the tokens.</summary>
    private Expression Made(Expression expression) => Of(expression) is ConstantExpression constant
        ? Rasp.Map(Rasp.Tokens, _ => constant.Value).As(_graph[expression].Name, expression)
        : Of(expression);

    private Expression Rewritten(Variable variable)
    {
        switch (variable.Expression)
        {
            case MapExpression map:
                return Of(map.Operand) is ConstantExpression of
                    ? new ConstantExpression(map.Function(of.Value))
                    : new MapExpression(Of(map.Operand), map.Function);
            case SequenceMapExpression map:
                return Pair(map.First, map.Second, map.Function, (x, y) => new SequenceMapExpression(x, y, map.Function));
            case LinearSequenceMapExpression map:
                return Pair(map.First, map.Second, map.Apply, (x, y) => new LinearSequenceMapExpression(x, y, map.A, map.B));
            case SelectorWidthExpression width:
                return new SelectorWidthExpression(Single(width.Selector, variable));
            case AggregateExpression aggregate:
                return new AggregateExpression(Single(aggregate.Selector, variable), Made(aggregate.Operand), aggregate.Default);
            default:
                return variable.Expression;
        }
    }

    private Expression Pair(Expression first, Expression second, Func<Value, Value, Value> function, Func<Expression, Expression, Expression> build) =>
        (Of(first), Of(second)) switch
        {
            (ConstantExpression x, ConstantExpression y) => new ConstantExpression(function(x.Value, y.Value)),
            (ConstantExpression x, { } y) => new MapExpression(y, value => function(x.Value, value)),
            ({ } x, ConstantExpression y) => new MapExpression(x, value => function(value, y.Value)),
            ({ } x, { } y) => build(x, y),
        };

    /// <summary>A selector as one comparison of one key variable with one query variable.</summary>
    private SelectSelector Single(Selector selector, Variable owner)
    {
        SelectSelector[] leaves = [.. Evaluator.Leaves(selector)];
        List<Expression> keys = Distinct(leaves.Select(leaf => Of(leaf.Keys))), queries = Distinct(leaves.Select(leaf => Of(leaf.Queries)));
        Func<Value, Value, bool> predicate = Predicate(selector, keys, queries);
        SourceSpan? source = selector.Source ?? owner.Expression.Source;
        return new SelectSelector(Joined(keys, $"{owner.Name}_keys", source), Joined(queries, $"{owner.Name}_queries", source), predicate);
    }

    private static List<Expression> Distinct(IEnumerable<Expression> expressions) =>
        [.. expressions.Where(expression => expression is not ConstantExpression).Distinct()];

    /// <summary>One variable that holds several; the tokens where there is nothing to compare, since every position has one.</summary>
    private static Expression Joined(List<Expression> parts, string name, SourceSpan? source)
    {
        if (parts.Count < 2)
        {
            return parts.Count == 1 ? parts[0] : Rasp.Tokens;
        }

        Expression joined = parts[0];
        for (int i = 1; i < parts.Count; i++)
        {
            Func<Value, Value, Value> append = i == 1 ? (x, y) => Value.Tuple(x, y) : (x, y) => Value.Tuple([.. x.Items, y]);
            joined = Rasp.SequenceMap(joined, parts[i], append).Named(i == parts.Count - 1 ? name : $"{name}_{i}");
            joined = source is null ? joined : joined.At(source);
        }

        return joined;
    }

    private Func<Value, Value, bool> Predicate(Selector selector, List<Expression> keys, List<Expression> queries)
    {
        switch (selector)
        {
            case SelectSelector select:
                Func<Value, Value> key = Part(Of(select.Keys), keys), query = Part(Of(select.Queries), queries);
                return (k, q) => select.Predicate(key(k), query(q));
            case NegatedSelector negated:
                Func<Value, Value, bool> operand = Predicate(negated.Operand, keys, queries);
                return (k, q) => !operand(k, q);
            default:
                var combined = (CombinedSelector)selector;
                Func<Value, Value, bool> left = Predicate(combined.Left, keys, queries), right = Predicate(combined.Right, keys, queries);
                return (k, q) => combined.Combine(left(k, q), right(k, q));
        }
    }

    private static Func<Value, Value> Part(Expression expression, List<Expression> parts)
    {
        if (expression is ConstantExpression constant)
        {
            return _ => constant.Value;
        }

        int index = parts.IndexOf(expression);
        return parts.Count == 1 ? value => value : value => value.Items[index];
    }
}
