using System.Globalization;

namespace Pellucid.GroundTruth;

/// <summary>
/// One value of a RASP variable at one position (Weiss et al. 2021, arXiv:2106.06981). Immutable; safe for any thread.
/// A boolean is the number 1 or 0 that is written differently: <c>true</c> equals 1, so that the mean of booleans is a fraction and a set
/// of values never holds both. Numbers are doubles and equal only when their bits agree. Undefined equals itself alone.
/// The order is numbers, then text (ordinal), then tuples (by their first difference).
/// </summary>
public readonly partial struct Value : IEquatable<Value>, IComparable<Value>
{
    private readonly double _number;
    private readonly object? _held;

    private Value(ValueKind kind, double number, object? held) => (Kind, _number, _held) = (kind, number, held);

    /// <summary>No value.</summary>
    public static Value Undefined => default;

    /// <summary>What the value is.</summary>
    public ValueKind Kind { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsDefined => Kind != ValueKind.Undefined;

    /// <summary>Whether arithmetic is possible: a number or a boolean.</summary>
    public bool IsNumeric => Kind is ValueKind.Number or ValueKind.Boolean;

    /// <summary>Whether a condition holds: a boolean or number that is not 0.</summary>
    /// <exception cref="RaspException">The value is neither.</exception>
    public bool IsTrue => Number != 0;

    /// <summary>The number; 1 or 0 for a boolean.</summary>
    /// <exception cref="RaspException">The value is neither.</exception>
    public double Number => IsNumeric
        ? _number
        : throw new RaspException($"A number was expected, but the value is {Describe()}.");

    /// <summary>The text.</summary>
    /// <exception cref="RaspException">The value is none.</exception>
    public string Text => _held as string ?? throw new RaspException($"Text was expected, but the value is {Describe()}.");

    /// <summary>The parts of a tuple, in order.</summary>
    /// <exception cref="RaspException">The value is none.</exception>
    public IReadOnlyList<Value> Items =>
        _held as Value[] ?? throw new RaspException($"A tuple was expected, but the value is {Describe()}.");

    /// <summary>A boolean.</summary>
    public static Value Of(bool value) => new(ValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>A number.</summary>
    /// <exception cref="RaspException">It is infinite or not a number.</exception>
    public static Value Of(double value) => double.IsFinite(value)
        ? new(ValueKind.Number, value == 0 ? 0 : value, null)
        : throw new RaspException($"A RASP number is finite; {value.ToString(CultureInfo.InvariantCulture)} is not.");

    /// <summary>A text.</summary>
    public static Value Of(string value) => new(ValueKind.Text, 0, value);

    /// <summary>A tuple of values in order.</summary>
    public static Value Tuple(params IReadOnlyList<Value> items) => new(ValueKind.Tuple, 0, items.ToArray());

    /// <summary>Reads a value as a user types it: <c>true</c>, <c>false</c>, a number, otherwise text.</summary>
    /// <param name="text">The text; a number is written as in C#, with a point.</param>
    public static Value Parse(string text) => text switch
    {
        "true" or "True" => Of(true),
        "false" or "False" => Of(false),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            => Of(number),
        _ => Of(text),
    };

    /// <inheritdoc/>
    public bool Equals(Value other)
    {
        if (IsNumeric || other.IsNumeric)
        {
            return IsNumeric && other.IsNumeric && _number == other._number;
        }

        return Kind == other.Kind && Kind switch
        {
            ValueKind.Text => (string)_held! == (string)other._held!,
            ValueKind.Tuple => Items.SequenceEqual(other.Items),
            _ => true,
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        ValueKind.Boolean or ValueKind.Number => _number.GetHashCode(),
        ValueKind.Text => ((string)_held!).GetHashCode(StringComparison.Ordinal),
        ValueKind.Tuple => Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, item)),
        _ => 0,
    };

    /// <inheritdoc/>
    public int CompareTo(Value other)
    {
        int rank = Rank.CompareTo(other.Rank);
        return rank != 0 ? rank : Kind switch
        {
            ValueKind.Boolean or ValueKind.Number => _number.CompareTo(other._number),
            ValueKind.Text => string.CompareOrdinal(Text, other.Text),
            ValueKind.Tuple => CompareItems(Items, other.Items),
            _ => 0,
        };
    }

    /// <summary>The value as a person writes it: <c>true</c>, <c>0.5</c>, <c>a</c>, <c>(a, 1)</c>, <c>undefined</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Boolean => _number != 0 ? "true" : "false",
        ValueKind.Number => _number.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Text => (string)_held!,
        ValueKind.Tuple => $"({string.Join(", ", Items)})",
        _ => "undefined",
    };

    private int Rank => Kind switch { ValueKind.Undefined => 0, ValueKind.Text => 2, ValueKind.Tuple => 3, _ => 1 };

    internal string Describe() => Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Text => $"the text '{this}'",
        ValueKind.Tuple => $"the tuple {this}",
        ValueKind.Boolean => $"the boolean {this}",
        _ => $"the number {this}",
    };

    private static int CompareItems(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (left[i].CompareTo(right[i]) is var order and not 0)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }
}
