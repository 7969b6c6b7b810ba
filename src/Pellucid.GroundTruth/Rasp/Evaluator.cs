// The semantics that the compiled network reproduces. Undefined is the absence of a value: a map of it is undefined, a pair of positions is
// selected only when every value that its selector compares is defined, and the mean over a selection that holds an undefined value is
// undefined. A categorical aggregate has a value where all that is selected is the same: a network would write a mixture of directions
// otherwise, which is no value, so that the result is undefined.
namespace Pellucid.GroundTruth;

/// <summary>One evaluation of a program.</summary>
internal sealed class Evaluator(VariableGraph graph, IReadOnlyList<Value> tokens, bool causal, IReadOnlyDictionary<int, IReadOnlyList<Value>> given)
{
    private readonly Value[][] _values = new Value[graph.Variables.Count][];

    /// <summary>Two different values that a categorical aggregate selected at one position, for each such aggregate that was met.</summary>
    internal List<(Expression Aggregate, Value First, Value Second)> Mixtures { get; } = [];

    internal Value[][] Run()
    {
        foreach (Variable variable in graph.Variables)
        {
            _values[variable.Index] = given.TryGetValue(variable.Index, out IReadOnlyList<Value>? values)
                ? [.. values]
                : Guarded(variable.Expression, () => Compute(variable.Expression));
        }

        return _values;
    }

    /// <summary>Adds the expression's place to an error of a function.</summary>
    internal static T Guarded<T>(Expression expression, Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (RaspException exception) when (exception.Span is null && exception.Expression is null)
        {
            throw new RaspException(exception.Problem, expression.Source, expression.ToString(), exception);
        }
    }

    private Value[] Compute(Expression expression) => expression switch
    {
        TokensExpression => [.. tokens],
        IndicesExpression => Each(p => p),
        ConstantExpression constant => Each(_ => constant.Value),
        MapExpression map => Mapped(map.Operand, map.Function),
        SequenceMapExpression map => Mapped(map.First, map.Second, map.Function),
        LinearSequenceMapExpression map => Mapped(map.First, map.Second, map.Apply),
        SelectorWidthExpression width => [.. Selected(width.Selector).Select(row => (Value)row.Count)],
        AggregateExpression aggregate => Averaged(aggregate),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    private Value[] Each(Func<int, Value> value) => [.. Enumerable.Range(0, tokens.Count).Select(p => tokens[p].IsDefined ? value(p) : Value.Undefined)];

    private Value[] Of(Expression expression) => _values[graph.Number(expression)];

    private Value[] Mapped(Expression operand, Func<Value, Value> function) => [.. Of(operand).Select(x => x.IsDefined ? function(x) : x)];

    private Value[] Mapped(Expression first, Expression second, Func<Value, Value, Value> function) =>
        [.. Of(first).Zip(Of(second), (x, y) => x.IsDefined && y.IsDefined ? function(x, y) : Value.Undefined)];

    private Value[] Averaged(AggregateExpression aggregate)
    {
        Value[] values = Of(aggregate.Operand);
        return [.. Selected(aggregate.Selector).Select(row => row.Count == 0 ? aggregate.Default : Mean(aggregate, [.. row.Select(p => values[p])]))];
    }

    private Value Mean(AggregateExpression aggregate, Value[] values)
    {
        if (values.Any(value => !value.IsDefined))
        {
            return Value.Undefined;
        }

        int other = Array.FindIndex(values, value => value != values[0]);
        if (other < 0)
        {
            return values[0];
        }

        if (aggregate.Encoding == ValueEncoding.Numerical)
        {
            return values.Sum(value => value.Number) / values.Length;
        }

        Mixtures.Add((aggregate, values[0], values[other]));
        return Value.Undefined;
    }

    /// <summary>The positions that each position selects, in order.</summary>
    private List<int>[] Selected(Selector selector)
    {
        Func<int, int, bool> selects = Predicate(selector);
        bool[] keys = Complete(selector, (select, p) => Of(select.Keys)[p].IsDefined);
        bool[] queries = Complete(selector, (select, p) => Of(select.Queries)[p].IsDefined);
        var rows = new List<int>[tokens.Count];
        for (int query = 0; query < rows.Length; query++)
        {
            rows[query] = [];
            int end = causal ? query + 1 : tokens.Count;
            for (int key = 0; queries[query] && key < end; key++)
            {
                if (keys[key] && selects(key, query))
                {
                    rows[query].Add(key);
                }
            }
        }

        return rows;
    }

    private bool[] Complete(Selector selector, Func<SelectSelector, int, bool> isDefined)
    {
        SelectSelector[] selects = [.. Leaves(selector)];
        return [.. Enumerable.Range(0, tokens.Count).Select(p => tokens[p].IsDefined && selects.All(select => isDefined(select, p)))];
    }

    private Func<int, int, bool> Predicate(Selector selector)
    {
        switch (selector)
        {
            case SelectSelector select:
                (Value[] keys, Value[] queries) = (Of(select.Keys), Of(select.Queries));
                return (key, query) => select.Predicate(keys[key], queries[query]);
            case NegatedSelector negated:
                Func<int, int, bool> operand = Predicate(negated.Operand);
                return (key, query) => !operand(key, query);
            default:
                var combined = (CombinedSelector)selector;
                (Func<int, int, bool> left, Func<int, int, bool> right) = (Predicate(combined.Left), Predicate(combined.Right));
                return (key, query) => combined.Combine(left(key, query), right(key, query));
        }
    }

    internal static IEnumerable<SelectSelector> Leaves(Selector selector) => selector switch
    {
        SelectSelector select => [select],
        NegatedSelector negated => Leaves(negated.Operand),
        _ => Leaves(((CombinedSelector)selector).Left).Concat(Leaves(((CombinedSelector)selector).Right)),
    };
}
