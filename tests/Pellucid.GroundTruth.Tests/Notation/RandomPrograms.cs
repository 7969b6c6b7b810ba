using Pellucid.GroundTruth.Notation;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>Draws syntax trees of every kind that the language has; what they mean does not matter.</summary>
internal sealed class RandomPrograms(int seed)
{
    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in"];
    private static readonly string[] Variables = ["x", "y", "tokens", "indices", "_z1", "f", "select", "Android", "iff"];

    private readonly Random _random = new(seed);

    internal IReadOnlyList<Statement> Program() => Statements(3, 1 + _random.Next(5));

    private Statement[] Statements(int depth, int count) => [.. Enumerable.Range(0, count).Select(_ => Statement(depth))];

    private Statement Statement(int depth) => _random.Next(depth > 0 ? 6 : 3) switch
    {
        0 => new Statement.Evaluation(default, Expression(3)),
        1 => new Statement.Assignment(default, [Name()], Expression(4)),
        2 => new Statement.Assignment(default, [Name(), Name()], new Syntax.Sequence(default, [Expression(2), Expression(2)])),
        3 => new Statement.Loop(default, Names(), Expression(2), Statements(depth - 1, _random.Next(3))),
        _ => new Statement.Definition(default, Name(), Parameters(), Statements(depth - 1, _random.Next(3)), Expression(2)),
    };

    private Parameter[] Parameters()
    {
        int count = _random.Next(4), required = _random.Next(count + 1);
        return [.. Variables.Take(count).Select((name, at) => new Parameter(name, at < required ? null : Expression(1)))];
    }

    private Syntax Expression(int depth) => depth == 0 ? Leaf() : _random.Next(10) switch
    {
        0 => new Syntax.Unary(default, Pick("-", "+", "not"), Expression(depth - 1)),
        1 or 2 or 3 => new Syntax.Binary(default, Pick(Operators), Expression(depth - 1), Expression(depth - 1)),
        4 => new Syntax.Choice(default, Expression(depth - 1), Expression(depth - 1), Expression(depth - 1)),
        5 => new Syntax.Call(default, Expression(depth - 1), Arguments(depth)),
        6 => new Syntax.Index(default, Expression(depth - 1), Expression(depth - 1)),
        7 => new Syntax.Sequence(default, [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Expression(depth - 1))]),
        8 => _random.Next(2) == 0
            ? new Syntax.Table(default, [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (Expression(depth - 1), Expression(depth - 1)))])
            : new Syntax.Comprehension(default, _random.Next(2) == 0 ? null : Expression(depth - 1), Expression(depth - 1), Names(), Expression(depth - 1)),
        _ => new Syntax.Lambda(default, _random.Next(3) == 0 ? [] : Names(), Expression(depth - 1)),
    };

    private Argument[] Arguments(int depth)
    {
        int count = _random.Next(4), named = _random.Next(3) == 0 ? 1 : 0;
        return
        [
            .. Enumerable.Range(0, count).Select(i => new Argument(
                i >= count - named ? Name() : null, _random.Next(5) == 0 ? new Syntax.Predicate(default, Pick(Operators[6..12])) : Expression(depth - 1))),
        ];
    }

    private Syntax Leaf() => _random.Next(4) switch
    {
        0 => new Syntax.Name(default, Name()),
        1 => new Syntax.Literal(default, _random.Next(3) == 0 ? _random.Next(1000) : _random.NextDouble() * Math.Pow(10, _random.Next(-20, 20))),
        2 => new Syntax.Literal(default, Pick("", "a", "\"", "it's", "# no comment", "§ \\ 日本", "True")),
        _ => new Syntax.Literal(default, _random.Next(3) switch { 0 => true, 1 => false, _ => Value.Undefined }),
    };

    private string[] Names() => [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => Name())];

    private string Name() => Pick(Variables);

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
