namespace Pellucid.GroundTruth;

/// <summary>
/// A node of a program: a variable with its name and the numbers of its operands in <see cref="VariableGraph.Variables"/>.
/// </summary>
internal sealed record Variable(int Index, string Name, Expression Expression, IReadOnlyList<int> Operands);

/// <summary>
/// The variables of a program in the order in which a depth-first walk from the output leaves them, operands in declared order: operands
/// always come before what is made of them. Order and names depend on the graph alone.
/// </summary>
internal sealed class VariableGraph
{
    private static readonly string[] Reserved = ["tokens", "indices", "one"];

    private readonly Dictionary<Expression, int> _numbers;

    private VariableGraph(IReadOnlyList<Variable> variables, Dictionary<Expression, int> numbers) => (Variables, _numbers) = (variables, numbers);

    internal IReadOnlyList<Variable> Variables { get; }

    internal Variable Output => Variables[^1];

    internal int Number(Expression expression) => _numbers[Canonical(expression)];

    internal Variable this[Expression expression] => Variables[Number(expression)];

    internal static VariableGraph Of(Expression output)
    {
        List<Expression> order = [];
        HashSet<Expression> met = [];
        Walk(Canonical(output), met, order);
        var numbers = order.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        string[] names = Names(order);
        Variable[] variables =
        [
            .. order.Select((expression, i) => new Variable(i, names[i], expression, [.. expression.Operands.Select(operand => numbers[Canonical(operand)])])),
        ];
        return new VariableGraph(variables, numbers);
    }

    private static Expression Canonical(Expression expression) => expression switch
    {
        TokensExpression => Rasp.Tokens,
        IndicesExpression => Rasp.Indices,
        _ => expression,
    };

    private static void Walk(Expression expression, HashSet<Expression> met, List<Expression> order)
    {
        if (!met.Add(expression))
        {
            return;
        }

        foreach (Expression operand in expression.Operands)
        {
            Walk(Canonical(operand), met, order);
        }

        order.Add(expression);
    }

    /// <summary>The given names first, then a name from the kind for the others; the second of a name gets <c>_2</c>, and so on.</summary>
    private static string[] Names(List<Expression> order)
    {
        var taken = new HashSet<string>(Reserved, StringComparer.Ordinal);
        string[] names = new string[order.Count];
        foreach (bool given in new[] { true, false })
        {
            for (int i = 0; i < order.Count; i++)
            {
                bool isPrimitive = order[i] is TokensExpression or IndicesExpression;
                if ((order[i].Name is not null || isPrimitive) == given)
                {
                    names[i] = isPrimitive ? order[i].KindName : Unused(order[i].Name ?? order[i].KindName, taken);
                }
            }
        }

        return names;
    }

    private static string Unused(string name, HashSet<string> taken)
    {
        string candidate = name;
        for (int i = 2; !taken.Add(candidate); i++)
        {
            candidate = $"{name}_{i}";
        }

        return candidate;
    }
}
