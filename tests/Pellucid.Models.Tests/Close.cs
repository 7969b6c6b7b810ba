using Pellucid.Tensors;

namespace Pellucid.Models.Tests;

/// <summary>Comparisons of many values with one stated limit, in both directions.</summary>
internal static class Close
{
    internal static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, {actual.Length} met");
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs((double)expected[i] - actual[i]) <= tolerance;
            Assert.True(same, $"{what}: value {i} is {actual[i]:G9}, expected {expected[i]:G9} within {tolerance:G3}");
        }
    }

    internal static void Equal(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: {expected.Shape} expected, {actual.Shape} met");
        Equal(expected.ToArray(), actual.ToArray(), tolerance, what);
    }

    /// <summary>One line, as every message of a refusal has to be.</summary>
    internal static void IsOneLine(Exception error) => Assert.DoesNotContain('\n', error.Message);

    internal static bool Differs(Tensor left, Tensor right) => !left.ToArray().AsSpan().SequenceEqual(right.ToArray());
}
