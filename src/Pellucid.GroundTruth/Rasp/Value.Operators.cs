namespace Pellucid.GroundTruth;

/// <content>
/// Arithmetic, order and conversions. Any operator gives undefined where an operand is undefined, and division by zero is undefined; a type
/// that does not fit throws <see cref="RaspException"/>, which the evaluator and the compiler complete with the place of the expression.
/// </content>
public readonly partial struct Value
{
    /// <summary>A boolean as a value.</summary>
    public static implicit operator Value(bool value) => Of(value);

    /// <summary>A whole number as a value.</summary>
    public static implicit operator Value(int value) => Of((double)value);

    /// <summary>A number as a value.</summary>
    public static implicit operator Value(double value) => Of(value);

    /// <summary>A text as a value.</summary>
    public static implicit operator Value(string value) => Of(value);

    /// <summary>Equality, with <c>true</c> equal to 1.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <summary>Order within one kind of value.</summary>
    public static bool operator <(Value left, Value right) => Ordered(left, right, "<") < 0;

    /// <summary>Order within one kind of value.</summary>
    public static bool operator >(Value left, Value right) => Ordered(left, right, ">") > 0;

    /// <summary>Order within one kind of value.</summary>
    public static bool operator <=(Value left, Value right) => Ordered(left, right, "<=") <= 0;

    /// <summary>Order within one kind of value.</summary>
    public static bool operator >=(Value left, Value right) => Ordered(left, right, ">=") >= 0;

    /// <summary>Sum of numbers; two texts are joined.</summary>
    public static Value operator +(Value left, Value right) => left.Kind == ValueKind.Text && right.Kind == ValueKind.Text
        ? Of(left.Text + right.Text)
        : Arithmetic(left, right, "+", (a, b) => a + b);

    /// <summary>Difference.</summary>
    public static Value operator -(Value left, Value right) => Arithmetic(left, right, "-", (a, b) => a - b);

    /// <summary>Negation.</summary>
    public static Value operator -(Value value) => Arithmetic(Of(0.0), value, "-", (a, b) => a - b);

    /// <summary>Product.</summary>
    public static Value operator *(Value left, Value right) => Arithmetic(left, right, "*", (a, b) => a * b);

    /// <summary>Quotient; undefined for a divisor of 0.</summary>
    public static Value operator /(Value left, Value right) => Arithmetic(left, right, "/", (a, b) => a / b);

    /// <summary>Remainder with the sign of the divisor; undefined for a divisor of 0.</summary>
    public static Value operator %(Value left, Value right) => Arithmetic(left, right, "%", (a, b) => a - (b * Math.Floor(a / b)));

    private static Value Arithmetic(Value left, Value right, string sign, Func<double, double, double> operation)
    {
        if (!left.IsDefined || !right.IsDefined)
        {
            return Undefined;
        }

        if (!left.IsNumeric || !right.IsNumeric)
        {
            throw new RaspException($"'{sign}' needs two numbers, but met {left.Describe()} and {right.Describe()}.");
        }

        double result = operation(left._number, right._number);
        return double.IsFinite(result) ? Of(result) : Undefined;
    }

    private static int Ordered(Value left, Value right, string sign) =>
        left.IsDefined && right.IsDefined && left.Rank == right.Rank
            ? left.CompareTo(right)
            : throw new RaspException(
                $"'{sign}' needs two numbers, two texts or two tuples, but met {left.Describe()} and {right.Describe()}.");
}
