namespace Pellucid.GroundTruth.Notation;

/// <summary>The operators between two values. A result that is no finite number is undefined.</summary>
internal static class Operators
{
    /// <summary>The comparisons.</summary>
    internal static readonly IReadOnlyList<string> Symbols = ["==", "!=", "<=", ">=", "<", ">"];

    private static readonly Dictionary<string, Function> Comparisons = Symbols.ToDictionary(
        symbol => symbol,
        symbol => (Function)new Function.BuiltIn(symbol, ["key", "query"], 2, call =>
            call.Interpreter.Elementwise(call.Span, $"'{symbol}'", [call[0], call[1]], x => Of(symbol)(x[0], x[1]))));

    /// <summary>The operator that is written so.</summary>
    internal static Func<Value, Value, Value> Of(string symbol) => symbol switch
    {
        "+" => (x, y) => x + y,
        "-" => (x, y) => x - y,
        "*" => (x, y) => x * y,
        "/" => (x, y) => x / y,
        "%" => (x, y) => x % y,
        "^" => (x, y) => Finite(Math.Pow(x.Number, y.Number)),
        "==" => (x, y) => x == y,
        "!=" => (x, y) => x != y,
        "<" => (x, y) => x < y,
        "<=" => (x, y) => x <= y,
        ">" => (x, y) => x > y,
        ">=" => (x, y) => x >= y,
        _ => throw new ArgumentOutOfRangeException(nameof(symbol)),
    };

    /// <summary>A comparison as a function of a key and a query.</summary>
    internal static Function Comparison(string symbol) => Comparisons[symbol];

    /// <summary>A number as a value; undefined where it is infinite or not a number.</summary>
    internal static Value Finite(double number) => double.IsFinite(number) ? number : Value.Undefined;
}
