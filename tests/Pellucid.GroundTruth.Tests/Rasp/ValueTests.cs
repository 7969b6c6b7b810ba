namespace Pellucid.GroundTruth.Tests;

public sealed class ValueTests
{
    [Fact]
    public void Equals_TrueAndOne_AreOneValue()
    {
        Assert.Equal(Value.Of(1.0), Value.Of(true));
        Assert.Equal(Value.Of(1.0).GetHashCode(), Value.Of(true).GetHashCode());
        Assert.NotEqual(Value.Of("1"), Value.Of(1.0));
        Assert.NotEqual(Value.Of(0.0), Value.Undefined);
        Assert.Equal(Value.Of(0.0), Value.Of(-0.0));
        Assert.Equal(Value.Tuple(1, "a"), Value.Tuple(true, "a"));
        Assert.Single(new HashSet<Value> { true, 1, 1.0 });
    }

    [Fact]
    public void CompareTo_ValuesOfAllKinds_OrdersNumbersTextsTuples()
    {
        Value[] ordered = [Value.Undefined, -1, false, 0.5, true, 2, "B", "a", Value.Tuple(1), Value.Tuple(1, 2), Value.Tuple(2)];

        Assert.Equal(ordered, ordered.Reverse().Order());
    }

    [Fact]
    public void Arithmetic_UndefinedOrZeroDivisor_IsUndefined()
    {
        Value one = 1, zero = 0;
        Assert.Equal(Value.Undefined, one + Value.Undefined);
        Assert.Equal(Value.Undefined, one / zero);
        Assert.Equal(Value.Undefined, one % zero);
        Assert.Equal(2, Value.Of(-1.0) % 3);
        Assert.Equal(2, Value.Of(true) + Value.Of(true));
        Assert.Equal("ab", (Value)"a" + "b");
    }

    [Fact]
    public void Arithmetic_TypesThatDoNotFit_SaysBoth()
    {
        Assert.Contains("the text 'a' and the number 1", Assert.Throws<RaspException>(() => (Value)"a" - 1).Message, StringComparison.Ordinal);
        Assert.Contains("'<' needs", Assert.Throws<RaspException>(() => (Value)"a" < 1).Message, StringComparison.Ordinal);
        Assert.Throws<RaspException>(() => Value.Of(double.NaN));
        Assert.Throws<RaspException>(() => Value.Of("a").IsTrue);
    }

    [Theory]
    [InlineData("true", "true", ValueKind.Boolean)]
    [InlineData("-1.5", "-1.5", ValueKind.Number)]
    [InlineData("NaN", "NaN", ValueKind.Text)]
    [InlineData("a", "a", ValueKind.Text)]
    public void Parse_WhatAUserTypes_IsItsKind(string text, string written, ValueKind kind)
    {
        Value value = Value.Parse(text);

        Assert.Equal((written, kind), (value.ToString(), value.Kind));
    }
}
