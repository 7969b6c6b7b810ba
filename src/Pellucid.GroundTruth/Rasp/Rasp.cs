// Weiss, Goldberg, Yahav 2021, Thinking Like Transformers (arXiv:2106.06981). The set of operations is that which compiles to transformer
// weights (Lindner et al. 2023, Tracr, arXiv:2301.05062), with combined selectors and n-ary maps beside them.
namespace Pellucid.GroundTruth;

/// <summary>
/// The operations of RASP: sequences by position, selectors between positions, and the mean of what is selected.
/// <example>
/// How often each token occurs:
/// <code>Rasp.SelectorWidth(Rasp.Select(Rasp.Tokens, Rasp.Tokens, Comparison.Equal)).Named("hist")</code>
/// </example>
/// </summary>
public static class Rasp
{
    /// <summary>The input's tokens.</summary>
    public static Expression Tokens { get; } = new TokensExpression();

    /// <summary>The positions, from 0.</summary>
    public static Expression Indices { get; } = new IndicesExpression();

    /// <summary>The number of tokens of the input, at every position: the width of the selector that selects everything.</summary>
    public static Expression Length { get; } = SelectorWidth(Select(Tokens, Tokens, Comparison.True)).Named("length");

    /// <summary>One value at every position. The compiler folds it into what uses it; it is no variable of the network.</summary>
    public static Expression Constant(Value value) => new ConstantExpression(value);

    /// <summary>A function of one variable, at each position; undefined stays undefined.</summary>
    public static Expression Map(Expression x, Func<Value, Value> function, string? name = null) => Named(new MapExpression(x, function), name);

    /// <summary>
    /// A function of several variables at each position. It is compiled through tuples that grow by one variable at a time, so the
    /// dimensions are the product of the numbers of values.
    /// </summary>
    /// <param name="variables">At least one; one makes a map.</param>
    /// <param name="function">Of their values in the same order.</param>
    /// <param name="name">Name of the result.</param>
    public static Expression Map(IReadOnlyList<Expression> variables, Func<IReadOnlyList<Value>, Value> function, string? name = null)
    {
        if (variables.Count == 0)
        {
            throw new RaspException("A map needs at least one variable.", expression: name);
        }

        if (variables.Count == 1)
        {
            return Map(variables[0], x => function([x]), name);
        }

        Expression tuple = SequenceMap(variables[0], variables[1], (x, y) => Value.Tuple(x, y));
        foreach (Expression next in variables.Skip(2))
        {
            tuple = SequenceMap(tuple, next, (x, y) => Value.Tuple([.. x.Items, y]));
        }

        return Map(tuple, x => function(x.Items), name);
    }

    /// <summary>A function of two categorical variables, at each position; undefined where either is.</summary>
    public static Expression SequenceMap(Expression x, Expression y, Func<Value, Value, Value> function, string? name = null) =>
        Named(new SequenceMapExpression(x, y, function), name);

    /// <summary><c>a·x + b·y</c> of two numerical variables, at each position.</summary>
    public static Expression LinearSequenceMap(Expression x, Expression y, double a, double b) => new LinearSequenceMapExpression(x, y, a, b);

    /// <summary>Selects the pairs of positions whose key and query compare so.</summary>
    /// <param name="keys">Values at the positions attended to.</param>
    /// <param name="queries">Values at the positions that attend.</param>
    /// <param name="comparison"><c>key OP query</c>.</param>
    public static Selector Select(Expression keys, Expression queries, Comparison comparison) => Select(keys, queries, comparison switch
    {
        Comparison.Equal => (key, query) => key == query,
        Comparison.NotEqual => (key, query) => key != query,
        Comparison.Less => (key, query) => key < query,
        Comparison.LessOrEqual => (key, query) => key <= query,
        Comparison.Greater => (key, query) => key > query,
        Comparison.GreaterOrEqual => (key, query) => key >= query,
        Comparison.True => (_, _) => true,
        _ => (_, _) => false,
    });

    /// <summary>Selects the pairs of positions for which a condition holds.</summary>
    /// <param name="keys">Values at the positions attended to.</param>
    /// <param name="queries">Values at the positions that attend.</param>
    /// <param name="predicate">Of the key's and the query's value, in this order. A pair with an undefined value is not selected.</param>
    public static Selector Select(Expression keys, Expression queries, Func<Value, Value, bool> predicate) =>
        new SelectSelector(keys, queries, predicate);

    /// <summary>How many positions each position selects.</summary>
    public static Expression SelectorWidth(Selector selector) => new SelectorWidthExpression(selector);

    /// <summary>
    /// The mean of what each position selects: of a numerical variable the mean of numbers, of a categorical one the value that all
    /// selected positions share, undefined where they differ. The result is encoded as <paramref name="x"/> is.
    /// </summary>
    /// <param name="selector">Which positions to take.</param>
    /// <param name="x">What to take from them.</param>
    /// <param name="whenNothing">The value where nothing is selected; left out, undefined for categorical and 0 for numerical ones, which costs a network
    /// nothing. Any other costs a hidden unit.</param>
    public static Expression Aggregate(Selector selector, Expression x, Value? whenNothing = null) =>
        new AggregateExpression(selector, x, whenNothing ?? (x.Encoding == ValueEncoding.Numerical ? 0 : Value.Undefined));

    private static Expression Named(Expression expression, string? name) => name is null ? expression : expression.Named(name);
}
