namespace Pellucid.GroundTruth.Notation;

/// <summary>The functions that make s-ops and selectors.</summary>
internal static class SequenceFunctions
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Function> All { get; } =
    [
        new Function.BuiltIn("select", ["keys", "queries", "predicate"], 3, Select),
        new Function.BuiltIn("aggregate", ["selector", "values", "default"], 2, Aggregate),
        new Function.BuiltIn("selector_width", ["selector", "assume_bos"], 1, SelectorWidth),
        new Function.BuiltIn("map", ["function", "x"], 2, Map, takesMore: true),
        new Function.BuiltIn("linear", ["x", "y", "a", "b"], 2, Linear),
        new Function.BuiltIn("indicator", ["condition"], 1, Indicator),
        new Function.BuiltIn("numerical", ["x"], 1, Numerical),
        new Function.BuiltIn("categorical", ["x"], 1, call => call.Interpreter.Categorical(call.Sequence(0))),
        new Function.BuiltIn("full", ["value"], 1, Full),
        new Function.BuiltIn("named", ["x", "name"], 2, Named),
    ];

    private static Selector Select(Invocation call)
    {
        Interpreter interpreter = call.Interpreter;
        Func<Value, Value, bool> predicate = interpreter.Placed(call.Span, Predicate(call));
        return interpreter.Node(call.Span, (Operand(call, 0), Operand(call, 1)) switch
        {
            (Expression keys, Expression queries) => Rasp.Select(keys, queries, predicate),
            (Expression keys, Value query) => Rasp.Select(keys, keys, (key, _) => predicate(key, query)),
            (Value key, Expression queries) => Rasp.Select(queries, queries, (_, query) => predicate(key, query)),
            (Value key, Value query) => Rasp.Select(Rasp.Indices, Rasp.Indices, predicate(key, query) ? Comparison.True : Comparison.False),
            _ => throw call.Wrong(0, "an s-op"),
        });
    }

    private static object Operand(Invocation call, int at) => call[at] switch
    {
        Expression x => call.Interpreter.Categorical(x),
        Value value => value,
        _ => throw call.Wrong(at, "an s-op or a value"),
    };

    private static Func<Value, Value, bool> Predicate(Invocation call)
    {
        switch (call[2])
        {
            case Value { Kind: ValueKind.Boolean } value:
                return (_, _) => value.IsTrue;
            case Function.BuiltIn comparison when call[0] is Expression or Value && Operators.Symbols.Contains(comparison.Name):
                Func<Value, Value, Value> compare = Operators.Of(comparison.Name);
                return (key, query) => compare(key, query).IsTrue;
            case Function function:
                Check(call, function, 2);
                Func<IReadOnlyList<Value>, Value> later = call.Interpreter.Later(function, call.Span);
                return (key, query) => later([key, query]).IsTrue;
            default:
                throw call.Wrong(2, "a comparison (==, !=, <, <=, >, >=), True, False or a function of a key and a query");
        }
    }

    private static Expression Aggregate(Invocation call)
    {
        Selector selector = call.Selector(0);
        Expression values = call[1] switch
        {
            Expression x => x,
            Value { IsNumeric: true } value => call.Interpreter.Node(call.Places[1], Rasp.Map(Rasp.Indices, _ => value).Numerical()),
            Value value => call.Interpreter.Node(call.Places[1], Rasp.Map(Rasp.Indices, _ => value)),
            _ => throw call.Wrong(1, "an s-op or a value"),
        };
        Value? whenNothing = call.Arguments[2] is null or Value ? call.Arguments[2] as Value? : throw call.Wrong(2, "a value for positions that select nothing");
        return call.Interpreter.Node(call.Span, Rasp.Aggregate(selector, values, whenNothing is { IsDefined: true } ? whenNothing : null));
    }

    private static Expression SelectorWidth(Invocation call)
    {
        Selector selector = call.Selector(0);
        bool withoutFirst = call.Arguments[1] switch
        {
            null => false,
            Value { IsNumeric: true } value => value.IsTrue,
            _ => throw call.Wrong(1, "True or False"),
        };
        return call.Interpreter.Node(call.Span, Rasp.SelectorWidth(withoutFirst
            ? call.Interpreter.Node(call.Span, selector & Rasp.Select(Rasp.Indices, Rasp.Indices, (key, _) => key != 0))
            : selector));
    }

    private static object Map(Invocation call)
    {
        Function function = call[0] as Function ?? throw call.Wrong(0, "a function: the name of one, or lambda x: ...");
        object[] operands = [.. call.Arguments.Skip(1).Select(argument => argument!)];
        Check(call, function, operands.Length);
        return operands.Any(operand => operand is Expression)
            ? call.Interpreter.Elementwise(call.Span, "'map'", operands, call.Interpreter.Later(function, call.Span))
            : call.Interpreter.Call(function, call.Span, [.. operands.Select((operand, at) => (default(string), operand, call.Places[at + 1]))]);
    }

    private static void Check(Invocation call, Function function, int operands)
    {
        if (operands > Builder.MostCombined)
        {
            throw call.Interpreter.Error(call.Span, $"'map' takes at most {Builder.MostCombined} variables, and there are {operands}.");
        }

        if (operands < function.Required || (operands > function.Parameters.Count && !function.TakesMore))
        {
            throw call.Interpreter.Error(call.Span, $"The function is called with {operands} value{(operands == 1 ? "" : "s")}, and {function.Signature} does not take so many.");
        }
    }

    private static Expression Linear(Invocation call)
    {
        (Expression x, Expression y) = (call.Sequence(0), call.Sequence(1));
        for (int i = 0; i < 2; i++)
        {
            if (call.Sequence(i).Encoding != ValueEncoding.Numerical)
            {
                throw call.Interpreter.Error(
                    call.Places[i], "A linear combination needs s-ops that are held as numbers, and this one is held by its values. Write numerical(...) where it is made.");
            }
        }

        return call.Interpreter.Node(call.Span, Rasp.LinearSequenceMap(x, y, call.Number(2, 1), call.Number(3, 1)));
    }

    private static object Indicator(Invocation call) => call[0] is Expression condition
        ? call.Interpreter.Node(call.Span, Rasp.Map(condition, x => x.IsTrue ? 1 : 0).Numerical())
        : call.Interpreter.Elementwise(call.Span, "'indicator'", [call[0]], x => x[0].IsTrue ? 1 : 0);

    private static Expression Numerical(Invocation call)
    {
        Expression x = call.Sequence(0);
        return x switch
        {
            { Encoding: ValueEncoding.Numerical } => x,
            MapExpression or SelectorWidthExpression => call.Interpreter.Node(call.Span, x.Numerical()),
            _ => call.Interpreter.Node(call.Span, Rasp.Map(x, value => value).Numerical()),
        };
    }

    private static Expression Named(Invocation call) =>
        call[1] is Value { Kind: ValueKind.Text } name && !string.IsNullOrWhiteSpace(name.Text)
            ? call.Interpreter.Node(call.Span, call.Sequence(0).Named(name.Text))
            : throw call.Wrong(1, "a name, as text");

    private static Expression Full(Invocation call) =>
        call[0] is Value value ? call.Interpreter.Node(call.Span, Rasp.Constant(value)) : throw call.Wrong(0, "a value");
}
