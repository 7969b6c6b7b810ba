namespace Pellucid.GroundTruth.Notation;

/// <summary>The s-ops and selectors that one program makes: how deep and how many they are, and their names.</summary>
internal sealed class Builder
{
    /// <summary>The longest chain of s-ops.</summary>
    internal const int DeepestSequence = 200;

    /// <summary>The most s-ops of a program.</summary>
    internal const int MostSequences = 20_000;

    /// <summary>The most selectors that are combined in one, and the most variables of one map.</summary>
    internal const int MostCombined = 50;

    private readonly Dictionary<Expression, int> _depths = [];
    private readonly Dictionary<Expression, Expression> _categorical = [];

    /// <summary>One node that is a function of variables.</summary>
    internal Expression Map(IReadOnlyList<Expression> variables, Func<IReadOnlyList<Value>, Value> function) => variables.Count switch
    {
        1 => Rasp.Map(variables[0], x => function([x])),
        2 => Rasp.SequenceMap(Categorical(variables[0]), Categorical(variables[1]), (x, y) => function([x, y])),
        _ => Rasp.Map([.. variables.Select(Categorical)], function),
    };

    /// <summary>Takes an s-op into the program, if it is not too deep.</summary>
    internal Expression Keep(Expression made, Func<string, RaspException> error)
    {
        int depth = Depth(made);
        _depths[made] = depth;
        return depth > DeepestSequence ? throw error($"This s-op is made of s-ops in a chain of more than {DeepestSequence}. No network is that deep; make the loop shorter.")
            : _depths.Count > MostSequences ? throw error($"The program makes more than {MostSequences} s-ops. Make its loops shorter.")
            : made;
    }

    /// <summary>Takes a selector into the program, if it does not combine too many.</summary>
    internal Selector Keep(Selector made, Func<string, RaspException> error) => made.Operands.Count <= 2 * MostCombined
        ? made
        : throw error($"This selector combines more than {MostCombined} others. A head selects by one comparison; combine fewer.");

    /// <summary>The s-op held as one direction a value: the same one where it is so already.</summary>
    internal Expression Categorical(Expression x)
    {
        if (x.Encoding == ValueEncoding.Categorical)
        {
            return x;
        }

        if (!_categorical.TryGetValue(x, out Expression? read))
        {
            read = x is MapExpression or SequenceMapExpression ? x.Categorical() : Rasp.Map(x, value => value);
            read = x.Source is { } source ? read.At(source) : read;
            _categorical[x] = read;
        }

        return read;
    }

    /// <summary>What a variable holds when it is assigned to: an s-op or selector that has no name yet takes the variable's.</summary>
    internal object Name(object value, string variable)
    {
        switch (value)
        {
            case Expression { Name: null } and not (TokensExpression or IndicesExpression):
                var made = (Expression)value;
                Expression named = made.Named(variable);
                _depths[named] = Depth(made);
                return named;
            case Selector { Name: null } selector:
                return selector.Named(variable);
            default:
                return value;
        }
    }

    private int Depth(Expression expression) => _depths.TryGetValue(expression, out int depth)
        ? depth
        : 1 + expression.Operands.Select(Depth).DefaultIfEmpty().Max();
}
