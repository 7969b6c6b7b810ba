// Every function of a compiled program is over a finite set of values, so that the program can be stored whole, whatever language its
// functions were written in.
using Pellucid.GroundTruth.Compilation;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>Programs as tables and back.</summary>
internal static class ProgramTables
{
    private const string Tokens = "tokens", Indices = "indices", MapKind = "map", SequenceMap = "sequence_map", Linear = "linear_sequence_map",
        Width = "selector_width", AggregateKind = "aggregate";

    /// <summary>How each variable is computed.</summary>
    internal static IReadOnlyList<OperationDocument> Write(RaspProgram program, CompileOptions options)
    {
        VariableSpace[] spaces = new ValueInference(program.Graph, options).Run();
        return [.. spaces.Select(space => Operation(space, spaces, program.Graph))];
    }

    /// <summary>The program of variables that are computed so.</summary>
    /// <exception cref="FormatException">A table is not what it should be.</exception>
    internal static RaspProgram Read(TruthDocument document)
    {
        List<Expression> made = [];
        foreach (VariableDocument variable in document.Variables)
        {
            OperationDocument operation = variable.Operation;
            Require(operation.Operands.All(operand => operand >= 0 && operand < made.Count), variable, "an operand that does not come before it");
            Expression expression = Expression(variable, [.. operation.Operands.Select(operand => made[operand])]);
            made.Add(expression is TokensExpression or IndicesExpression ? expression : Encoded(expression, variable).Named(variable.Name));
        }

        var program = new RaspProgram(document.Program, made[^1], document.Text);
        return program.Variables.SequenceEqual(document.Variables.Select(variable => variable.Name))
            ? program
            : throw new FormatException("its variables are not in the order of the program, some are not used, or two share a name");
    }

    private static OperationDocument Operation(VariableSpace space, VariableSpace[] spaces, VariableGraph graph)
    {
        VariableSpace Of(Expression expression) => spaces[graph.Number(expression)];
        List<int> operands = [.. space.Variable.Operands];
        switch (space.Expression)
        {
            case TokensExpression:
                return new OperationDocument { Kind = Tokens, Operands = operands };
            case IndicesExpression:
                return new OperationDocument { Kind = Indices, Operands = operands };
            case MapExpression map:
                Value[] inputs = Of(map.Operand).IsNumerical ? [.. Of(map.Operand).Reachable!.Select(Value.Of)] : Of(map.Operand).Values;
                return new OperationDocument { Kind = MapKind, Operands = operands, Inputs = [[.. inputs]], Outputs = [.. inputs.Select(map.Function)] };
            case SequenceMapExpression map:
                (Value[] first, Value[] second) = (Of(map.First).Values, Of(map.Second).Values);
                return new OperationDocument
                {
                    Kind = SequenceMap,
                    Operands = operands,
                    Inputs = [[.. first], [.. second]],
                    Outputs = [.. first.SelectMany(x => second.Select(y => map.Function(x, y)))],
                };
            case LinearSequenceMapExpression map:
                return new OperationDocument { Kind = Linear, Operands = operands, Factors = [map.A, map.B] };
            case SelectorWidthExpression width:
                return Selection(Width, operands, (SelectSelector)width.Selector, Of);
            default:
                var aggregate = (AggregateExpression)space.Expression;
                return Selection(AggregateKind, operands, (SelectSelector)aggregate.Selector, Of) with { Outputs = [aggregate.Default] };
        }
    }

    private static OperationDocument Selection(string kind, List<int> operands, SelectSelector select, Func<Expression, VariableSpace> of)
    {
        (Value[] keys, Value[] queries) = (of(select.Keys).Values, of(select.Queries).Values);
        return new OperationDocument
        {
            Kind = kind,
            Operands = operands,
            Inputs = [[.. keys], [.. queries]],
            Selected = [.. keys.Select(key => string.Concat(queries.Select(query => select.Predicate(key, query) ? '1' : '0')))],
        };
    }

    private static Expression Expression(VariableDocument variable, Expression[] operands)
    {
        OperationDocument operation = variable.Operation;
        switch (operation.Kind)
        {
            case Tokens:
                return Rasp.Tokens;
            case Indices:
                return Rasp.Indices;
            case MapKind:
                Tables(variable, operands.Length == 1, inputs: 1);
                Require(operation.Outputs!.Count == operation.Inputs![0].Count, variable, "a table with as many outputs as inputs");
                return new MapExpression(operands[0], Table(operation, operands[0].Encoding == ValueEncoding.Numerical));
            case SequenceMap:
                Tables(variable, operands.Length == 2, inputs: 2);
                Require(operation.Outputs!.Count == (long)operation.Inputs![0].Count * operation.Inputs[1].Count, variable, "a table of every pair");
                return new SequenceMapExpression(operands[0], operands[1], PairTable(operation));
            case Linear:
                Require(
                    operands.Length == 2 && operation.Factors is { Count: 2 } && operation.Factors.All(double.IsFinite),
                    variable,
                    "two operands and two factors");
                return new LinearSequenceMapExpression(operands[0], operands[1], operation.Factors![0], operation.Factors[1]);
            case Width:
                return new SelectorWidthExpression(Selector(variable, operands, 2));
            case AggregateKind:
                SelectSelector selector = Selector(variable, operands, 3);
                Require(operation.Outputs is { Count: 1 }, variable, "one output, for nothing selected");
                return Rasp.Aggregate(selector, operands[2], operation.Outputs![0]);
            default:
                throw new FormatException($"variable '{variable.Name}' is made by '{operation.Kind}', which is no operation");
        }
    }

    private static Expression Encoded(Expression expression, VariableDocument variable) =>
        variable.Encoding == ValueEncoding.Numerical ? expression.Numerical() : expression.Categorical();

    private static SelectSelector Selector(VariableDocument variable, Expression[] operands, int count)
    {
        OperationDocument operation = variable.Operation;
        Require(
            operands.Length == count && operation.Inputs is { Count: 2 } && operation.Selected is not null,
            variable,
            $"{count} operands and what they select");
        (List<Value> keys, List<Value> queries) = (operation.Inputs![0], operation.Inputs[1]);
        Require(
            operation.Selected!.Count == keys.Count && operation.Selected.All(row => row.Length == queries.Count),
            variable,
            "a row for each key, a digit for each query");
        Dictionary<Value, int> rows = Numbered(keys, variable), columns = Numbered(queries, variable);
        return new SelectSelector(operands[0], operands[1], (key, query) => operation.Selected[Found(rows, key)][Found(columns, query)] == '1');
    }

    /// <summary>A table as a function. Numbers that were computed may differ from the table's by rounding, so the nearest counts.</summary>
    private static Func<Value, Value> Table(OperationDocument operation, bool isNumerical)
    {
        List<Value> inputs = operation.Inputs![0];
        if (isNumerical)
        {
            double[] numbers = [.. inputs.Select(input => input.Number)];
            return x => operation.Outputs![Enumerable.Range(0, numbers.Length).MinBy(i => Math.Abs(numbers[i] - x.Number))];
        }

        var byInput = inputs.Zip(operation.Outputs!).GroupBy(row => row.First).ToDictionary(group => group.Key, group => group.First().Second);
        return x => byInput.TryGetValue(x, out Value output) ? output : throw Unknown(x);
    }

    private static Func<Value, Value, Value> PairTable(OperationDocument operation)
    {
        (List<Value> first, List<Value> second) = (operation.Inputs![0], operation.Inputs[1]);
        Dictionary<Value, int> rows = Numbered(first, null), columns = Numbered(second, null);
        return (x, y) => operation.Outputs![(Found(rows, x) * second.Count) + Found(columns, y)];
    }

    private static Dictionary<Value, int> Numbered(List<Value> values, VariableDocument? variable)
    {
        var numbers = new Dictionary<Value, int>();
        foreach ((int index, Value value) in values.Index())
        {
            if (!value.IsDefined || !numbers.TryAdd(value, index))
            {
                throw new FormatException($"variable '{variable?.Name}' has a table with {value.Describe()} twice");
            }
        }

        return numbers;
    }

    private static int Found(Dictionary<Value, int> numbers, Value value) => numbers.TryGetValue(value, out int number) ? number : throw Unknown(value);

    private static RaspException Unknown(Value value) => new($"The stored table has no row for {value.Describe()}.");

    private static void Tables(VariableDocument variable, bool fits, int inputs) => Require(
        fits && variable.Operation.Inputs?.Count == inputs && variable.Operation.Outputs is not null && variable.Operation.Inputs[0].Count > 0,
        variable,
        $"{inputs} operands and a table");

    private static void Require(bool condition, VariableDocument variable, string expected)
    {
        if (!condition)
        {
            throw new FormatException($"variable '{variable.Name}' ({variable.Operation.Kind}) should have {expected}");
        }
    }
}
