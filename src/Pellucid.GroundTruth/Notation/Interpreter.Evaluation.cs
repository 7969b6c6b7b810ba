namespace Pellucid.GroundTruth.Notation;

/// <content>Expressions.</content>
internal sealed partial class Interpreter
{
    /// <summary>What an expression gives: a value, an s-op, a selector, a list, a dictionary or a function.</summary>
    internal object Evaluate(Syntax syntax)
    {
        Spend(syntax.Span);
        Descend(syntax.Span);
        object result = syntax switch
        {
            Syntax.Literal literal => literal.Value,
            Syntax.Name name => Resolve(name),
            Syntax.Unary unary => Apply(unary),
            Syntax.Binary { Operator: "and" or "or" } binary => Connect(binary),
            Syntax.Binary binary => Apply(binary),
            Syntax.Choice choice => Choose(choice),
            Syntax.Call call => Call(call),
            Syntax.Index index => Index(index),
            Syntax.Sequence sequence => Limited(sequence.Span, [.. sequence.Items.Select(Evaluate)]),
            Syntax.Table table => Table(table.Span, table.Entries.Select(entry => (entry.Key, Evaluate(entry.Key), Evaluate(entry.Value)))),
            Syntax.Comprehension comprehension => Comprehend(comprehension),
            Syntax.Lambda lambda => new Function.Defined("lambda", lambda.Parameters, new object?[lambda.Parameters.Count], [], lambda.Body, _source, _scope),
            Syntax.Predicate predicate => Operators.Comparison(predicate.Operator),
            _ => throw new ArgumentOutOfRangeException(nameof(syntax)),
        };
        _depth--;
        return result;
    }

    /// <summary>A list that is not too long; its making counts as steps.</summary>
    internal object[] Limited(TextSpan span, object[] items)
    {
        Spend(span, items.Length);
        return items.Length <= LongestList ? items : throw Error(span, $"This list has {items.Length} items; at most {LongestList} are possible.");
    }

    /// <summary>
    /// A function of values over operands that are values or s-ops: done at once where all are values, otherwise one node over the s-ops
    /// among them.
    /// </summary>
    internal object Elementwise(TextSpan span, string what, IReadOnlyList<object> operands, Func<IReadOnlyList<Value>, Value> function)
    {
        foreach (object operand in operands)
        {
            if (operand is not (Value or Expression))
            {
                throw Error(span, $"{what} works on values and s-ops, and there is {Kinds.Describe(operand)}.");
            }
        }

        if (!operands.Any(operand => operand is Expression))
        {
            return Now(span, function, [.. operands.Cast<Value>()]);
        }

        Value[] constants = [.. operands.Select(operand => operand is Value value ? value : Value.Undefined)];
        int[] places = [.. operands.Index().Where(operand => operand.Item is Expression).Select(operand => operand.Index)];
        return Node(span, _builder.Map([.. operands.OfType<Expression>()], values =>
        {
            Value[] arguments = [.. constants];
            for (int i = 0; i < places.Length; i++)
            {
                arguments[places[i]] = values[i];
            }

            return Small(span, function(arguments));
        }));
    }

    /// <summary>Gives an s-op its place in the text.</summary>
    internal Expression Node(TextSpan span, Expression made) => _builder.Keep(made.At(Locate(span)), problem => Error(span, problem));

    /// <summary>Gives a selector its place in the text.</summary>
    internal Selector Node(TextSpan span, Selector made) => _builder.Keep(made.At(Locate(span)), problem => Error(span, problem));

    /// <summary>An s-op that one direction a value holds; one that is held as a number is read into its values.</summary>
    internal Expression Categorical(Expression x) => _builder.Categorical(x);

    /// <summary>A condition of two values whose errors are at a place.</summary>
    internal Func<Value, Value, bool> Placed(TextSpan span, Func<Value, Value, bool> condition)
    {
        SourceSpan place = Locate(span);
        return (x, y) =>
        {
            try
            {
                return condition(x, y);
            }
            catch (RaspException exception) when (exception.Span is null)
            {
                throw new RaspException(exception.Problem, place, innerException: exception);
            }
        };
    }

    private Value Now(TextSpan span, Func<IReadOnlyList<Value>, Value> function, IReadOnlyList<Value> values)
    {
        try
        {
            return Small(span, function(values));
        }
        catch (RaspException exception) when (exception.Span is null)
        {
            throw Error(span, exception.Problem);
        }
    }

    private Value Small(TextSpan span, Value value)
    {
        if (value.Kind != ValueKind.Text)
        {
            return value;
        }

        return value.Text.Length <= LongestValue ? value : throw Error(span, $"This text has {value.Text.Length} characters; at most {LongestValue} are possible.");
    }

    private object Apply(Syntax.Unary unary)
    {
        object operand = Evaluate(unary.Operand);
        return (unary.Operator, operand) switch
        {
            ("not", Selector selector) => Node(unary.Span, selector is NegatedSelector negated ? negated.Operand : !selector),
            ("not", _) => Elementwise(unary.Span, "'not'", [operand], x => !x[0].IsTrue),
            ("-", _) => Elementwise(unary.Span, "'-'", [operand], x => -x[0]),
            _ => Elementwise(unary.Span, "'+'", [operand], x => x[0].Number),
        };
    }

    private object Apply(Syntax.Binary syntax)
    {
        (object left, object right) = (Evaluate(syntax.Left), Evaluate(syntax.Right));
        return syntax.Operator == "in" ? Contains(syntax.Span, left, right, syntax) : Apply(syntax.Span, syntax.Operator, left, right);
    }

    /// <summary>Arithmetic or a comparison.</summary>
    internal object Apply(TextSpan span, string symbol, object left, object right)
    {
        if (symbol is "+" or "-" && left is Expression { Encoding: ValueEncoding.Numerical } first && right is Expression { Encoding: ValueEncoding.Numerical } second)
        {
            return Node(span, Rasp.LinearSequenceMap(first, second, 1, symbol == "+" ? 1 : -1));
        }

        if (symbol == "+" && left is object[] start && right is object[] end)
        {
            return Limited(span, [.. start, .. end]);
        }

        Func<Value, Value, Value> operation = Operators.Of(symbol);
        return Elementwise(span, $"'{symbol}'", [left, right], x => operation(x[0], x[1]));
    }

    private object Connect(Syntax.Binary syntax)
    {
        object left = Evaluate(syntax.Left);
        bool all = syntax.Operator == "and";
        if (left is Value known)
        {
            Value decided = Now(syntax.Left.Span, x => x[0].IsTrue, [known]);
            if (decided.IsTrue != all)
            {
                return decided;
            }
        }

        return Connect(syntax.Span, all, (left, syntax.Left.Span), (Evaluate(syntax.Right), syntax.Right.Span));
    }

    /// <summary>Two selectors, or two conditions, that both hold or of which one holds.</summary>
    internal object Connect(TextSpan span, bool all, (object Value, TextSpan Span) left, (object Value, TextSpan Span) right)
    {
        string word = all ? "and" : "or";
        return (left.Value, right.Value) switch
        {
            (Selector first, Selector second) => Node(span, all ? first & second : first | second),
            (Selector, _) => throw Error(right.Span, $"'{word}' combines two selectors or two conditions. The left one is a selector and this is {Kinds.Describe(right.Value)}."),
            (_, Selector) => throw Error(left.Span, $"'{word}' combines two selectors or two conditions. The right one is a selector and this is {Kinds.Describe(left.Value)}."),
            _ => Elementwise(span, $"'{word}'", [left.Value, right.Value], x => all ? x[0].IsTrue && x[1].IsTrue : x[0].IsTrue || x[1].IsTrue),
        };
    }

    private object Choose(Syntax.Choice choice)
    {
        object condition = Evaluate(choice.Condition);
        if (condition is Value known)
        {
            return Evaluate(Now(choice.Condition.Span, x => x[0].IsTrue, [known]).IsTrue ? choice.Then : choice.Else);
        }

        return Elementwise(choice.Span, "'if'", [Evaluate(choice.Then), condition, Evaluate(choice.Else)], x => x[1].IsTrue ? x[0] : x[2]);
    }

    private object Contains(TextSpan span, object left, object right, Syntax.Binary syntax)
    {
        switch (right)
        {
            case Expression when left is Value:
                return Call((Function)Variables(Library.Scope)["contains"], span, [(null, right, span), (null, left, span)]);
            case Value { Kind: ValueKind.Text } text when left is not Expression:
                return Elementwise(span, "'in'", [left], x => text.Text.Contains(x[0].Text, StringComparison.Ordinal));
            default:
                IReadOnlyList<object> items = Items(right, syntax.Right.Span);
                Spend(span, items.Count);
                HashSet<Value> values = [];
                foreach (object item in items)
                {
                    values.Add(item is Value value ? value : throw Error(syntax.Right.Span, $"'in' looks for a value among values, and the list holds {Kinds.Describe(item)}."));
                }

                return Elementwise(span, "'in'", [left], x => values.Contains(x[0]));
        }
    }

    private object Index(Syntax.Index index)
    {
        (object indexed, object at) = (Evaluate(index.Indexed), Evaluate(index.At));
        if (indexed is Expression sequence)
        {
            return at is Value { IsNumeric: true } position
                ? Call((Function)Variables(Library.Scope)["_load"], index.Span, [(null, sequence, index.Indexed.Span), (null, position, index.At.Span)])
                : throw Error(index.At.Span, $"The position in an s-op is a number, and this is {Kinds.Describe(at)}. For one that differs by position write load_from_location(x, at).");
        }

        if (at is Expression)
        {
            Func<Value, object> look = indexed is IReadOnlyDictionary<Value, object> entries
                ? key => entries.GetValueOrDefault(key, Value.Undefined)
                : key => Item(indexed, key, index);
            return Elementwise(index.Span, "'[]'", [at], x => look(x[0]) as Value? ?? throw Error(index.Span, "An s-op takes values, and the list holds other things."));
        }

        return at is Value key ? Item(indexed, key, index) : throw Error(index.At.Span, $"An index is a value, and this is {Kinds.Describe(at)}.");
    }

    private object Item(object indexed, Value key, Syntax.Index index)
    {
        if (indexed is IReadOnlyDictionary<Value, object> table)
        {
            return table.TryGetValue(key, out object? found)
                ? found
                : throw Error(index.At.Span, $"The dictionary has no key {key}. Its keys are {string.Join(", ", table.Keys.Take(10))}.");
        }

        int count = indexed switch
        {
            object[] list => list.Length,
            Value { Kind: ValueKind.Text } text => text.Text.Length,
            _ => throw Error(index.Indexed.Span, $"Only lists, dictionaries, strings and s-ops have items, and this is {Kinds.Describe(indexed)}."),
        };
        if (!key.IsNumeric || key.Number != Math.Floor(key.Number) || key.Number < -count || key.Number >= count)
        {
            throw Error(index.At.Span, $"There is no item {key} in {Kinds.Describe(indexed)}: its items are 0 to {count - 1}.");
        }

        int at = (int)key.Number < 0 ? (int)key.Number + count : (int)key.Number;
        return indexed is object[] items ? items[at] : Value.Of(((Value)indexed).Text[at].ToString());
    }

    private Dictionary<Value, object> Table(TextSpan span, IEnumerable<(Syntax Place, object Key, object Value)> entries)
    {
        Dictionary<Value, object> table = [];
        foreach ((Syntax place, object key, object value) in entries)
        {
            table[key is Value known ? known : throw Error(place.Span, $"A key is a value, and this is {Kinds.Describe(key)}.")] = value;
            Spend(span);
        }

        return table;
    }

    private object Comprehend(Syntax.Comprehension made)
    {
        IReadOnlyList<object> items = Items(Evaluate(made.List), made.List.Span);
        Scope around = _scope;
        List<(Syntax Place, object Key, object Value)> results = [];
        foreach (object item in items)
        {
            Spend(made.Span);
            _scope = new Scope(around);
            Assign(made.Names, item, made.List.Span);
            results.Add((made.Key ?? made.Value, made.Key is null ? Value.Undefined : Evaluate(made.Key), Evaluate(made.Value)));
        }

        _scope = around;
        return made.Key is null ? Limited(made.Span, [.. results.Select(result => result.Value)]) : Table(made.Span, results);
    }
}
