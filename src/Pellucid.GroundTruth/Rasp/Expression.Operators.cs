// Operators build expressions, they do not compare objects: x == y is the sequence of position-wise equalities. With a value on one side
// the result is a map; with two expressions a sequence map; the sum and difference of two numerical expressions is a linear sequence map.
namespace Pellucid.GroundTruth;

public abstract partial class Expression
{
    /// <summary>Sum at each position.</summary>
    public static Expression operator +(Expression left, Expression right) => Linear(left, right, 1) ?? Rasp.SequenceMap(left, right, (x, y) => x + y);

    /// <summary>Sum with a value.</summary>
    public static Expression operator +(Expression left, Value right) => Rasp.Map(left, x => x + right);

    /// <summary>Sum with a value.</summary>
    public static Expression operator +(Value left, Expression right) => Rasp.Map(right, x => left + x);

    /// <summary>Difference at each position.</summary>
    public static Expression operator -(Expression left, Expression right) => Linear(left, right, -1) ?? Rasp.SequenceMap(left, right, (x, y) => x - y);

    /// <summary>Difference with a value.</summary>
    public static Expression operator -(Expression left, Value right) => Rasp.Map(left, x => x - right);

    /// <summary>Difference with a value.</summary>
    public static Expression operator -(Value left, Expression right) => Rasp.Map(right, x => left - x);

    /// <summary>Product at each position.</summary>
    public static Expression operator *(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x * y);

    /// <summary>Product with a value.</summary>
    public static Expression operator *(Expression left, Value right) => Rasp.Map(left, x => x * right);

    /// <summary>Product with a value.</summary>
    public static Expression operator *(Value left, Expression right) => Rasp.Map(right, x => left * x);

    /// <summary>Quotient at each position.</summary>
    public static Expression operator /(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x / y);

    /// <summary>Quotient by a value.</summary>
    public static Expression operator /(Expression left, Value right) => Rasp.Map(left, x => x / right);

    /// <summary>Quotient of a value.</summary>
    public static Expression operator /(Value left, Expression right) => Rasp.Map(right, x => left / x);

    /// <summary>Equality at each position, as booleans.</summary>
    public static Expression operator ==(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x == y);

    /// <summary>Equality with a value, as booleans.</summary>
    public static Expression operator ==(Expression left, Value right) => Rasp.Map(left, x => x == right);

    /// <summary>Inequality at each position, as booleans.</summary>
    public static Expression operator !=(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x != y);

    /// <summary>Inequality with a value, as booleans.</summary>
    public static Expression operator !=(Expression left, Value right) => Rasp.Map(left, x => x != right);

    /// <summary>Order at each position, as booleans.</summary>
    public static Expression operator <(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x < y);

    /// <summary>Order with a value, as booleans.</summary>
    public static Expression operator <(Expression left, Value right) => Rasp.Map(left, x => x < right);

    /// <summary>Order at each position, as booleans.</summary>
    public static Expression operator >(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x > y);

    /// <summary>Order with a value, as booleans.</summary>
    public static Expression operator >(Expression left, Value right) => Rasp.Map(left, x => x > right);

    /// <summary>Order at each position, as booleans.</summary>
    public static Expression operator <=(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x <= y);

    /// <summary>Order with a value, as booleans.</summary>
    public static Expression operator <=(Expression left, Value right) => Rasp.Map(left, x => x <= right);

    /// <summary>Order at each position, as booleans.</summary>
    public static Expression operator >=(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x >= y);

    /// <summary>Order with a value, as booleans.</summary>
    public static Expression operator >=(Expression left, Value right) => Rasp.Map(left, x => x >= right);

    /// <summary>Both hold.</summary>
    public static Expression operator &(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x.IsTrue && y.IsTrue);

    /// <summary>Either holds.</summary>
    public static Expression operator |(Expression left, Expression right) => Rasp.SequenceMap(left, right, (x, y) => x.IsTrue || y.IsTrue);

    /// <summary>It does not hold.</summary>
    public static Expression operator !(Expression operand) => Rasp.Map(operand, x => !x.IsTrue);

    /// <summary>Whether both are one object; <c>==</c> builds an expression instead.</summary>
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    private static Expression? Linear(Expression left, Expression right, double sign) =>
        left.Encoding == ValueEncoding.Numerical && right.Encoding == ValueEncoding.Numerical
            ? Rasp.LinearSequenceMap(left, right, 1, sign)
            : null;
}
