namespace Pellucid.GroundTruth.Notation;

/// <summary>The functions of values, which on s-ops work at each position, and those of lists.</summary>
internal static class ValueFunctions
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Function> All { get; } =
    [
        Numeric("round", x => Math.Round(x, MidpointRounding.ToEven)),
        Numeric("floor", Math.Floor),
        Numeric("ceil", Math.Ceiling),
        Numeric("abs", Math.Abs),
        Numeric("sqrt", Math.Sqrt),
        Numeric("exp", Math.Exp),
        Numeric("log", Math.Log),
        Extreme("min", (x, y) => x < y),
        Extreme("max", (x, y) => x > y),
        Connected("all", true),
        Connected("any", false),
        new Function.BuiltIn("str", ["x"], 1, call => call.Interpreter.Elementwise(call.Span, "'str'", [call[0]], x => x[0].ToString())),
        new Function.BuiltIn("len", ["list"], 1, Length),
        new Function.BuiltIn("sum", ["list"], 1, Sum),
        new Function.BuiltIn("range", ["start", "end", "step"], 1, Range),
        new Function.BuiltIn("zip", ["list"], 1, Zip, takesMore: true),
    ];

    private static Function.BuiltIn Numeric(string name, Func<double, double> function) => new(name, ["x"], 1, call =>
        call.Interpreter.Elementwise(call.Span, $"'{name}'", [call[0]], x => Operators.Finite(function(x[0].Number))));

    private static Function.BuiltIn Extreme(string name, Func<Value, Value, bool> before) => new(
        name,
        ["x"],
        1,
        call =>
        {
            IReadOnlyList<object> operands = call.Arguments.Count == 1 && call[0] is object[] list ? list : [.. call.Arguments.Select(argument => argument!)];
            return operands.Count == 0
                ? throw call.Interpreter.Error(call.Span, $"An empty list has no '{name}'.")
                : call.Interpreter.Elementwise(call.Span, $"'{name}'", operands, x => x.Aggregate((best, next) => before(next, best) ? next : best));
        },
        takesMore: true);

    /// <summary>The items of a list with <c>and</c> or <c>or</c> between them.</summary>
    private static Function.BuiltIn Connected(string name, bool all) => new(name, ["list"], 1, call => call.List(0) is { Count: > 0 } items
        ? items.Aggregate((left, right) => call.Interpreter.Connect(call.Span, all, (left, call.Places[0]), (right, call.Places[0])))
        : Value.Of(all));

    private static object Length(Invocation call) => call[0] is Value { Kind: ValueKind.Text } text
        ? Value.Of((double)text.Text.Length)
        : Value.Of((double)call.List(0).Count);

    private static object Sum(Invocation call)
    {
        object sum = Value.Of(0.0);
        foreach ((int at, object item) in call.List(0).Index())
        {
            sum = at == 0 ? item : call.Interpreter.Apply(call.Span, "+", sum, item);
        }

        return sum;
    }

    private static object[] Range(Invocation call)
    {
        bool fromZero = call.Arguments[1] is null;
        (int start, int end, int step) = (fromZero ? 0 : call.Whole(0), call.Whole(fromZero ? 0 : 1), call.Arguments[2] is null ? 1 : call.Whole(2));
        if (step == 0)
        {
            throw call.Interpreter.Error(call.Places[2], "The step of a range is not 0.");
        }

        long count = Math.Max(0, step > 0 ? ((long)end - start + step - 1) / step : ((long)start - end - step - 1) / -step);
        if (count > Interpreter.LongestList)
        {
            throw call.Interpreter.Error(call.Span, $"This range has {count} numbers; at most {Interpreter.LongestList} are possible.");
        }

        return call.Interpreter.Limited(call.Span, [.. Enumerable.Range(0, (int)count).Select(i => (object)Value.Of((double)start + ((double)i * step)))]);
    }

    private static object[] Zip(Invocation call)
    {
        IReadOnlyList<object>[] lists = [.. Enumerable.Range(0, call.Arguments.Count).Select(call.List)];
        int odd = Array.FindIndex(lists, list => list.Count != lists[0].Count);
        if (odd >= 0)
        {
            throw call.Interpreter.Error(call.Places[odd], $"'zip' needs lists of one length; the first has {lists[0].Count} items and this one {lists[odd].Count}.");
        }

        return call.Interpreter.Limited(
            call.Span, [.. Enumerable.Range(0, lists[0].Count).Select(i => (object)call.Interpreter.Limited(call.Span, [.. lists.Select(list => list[i])]))]);
    }
}
