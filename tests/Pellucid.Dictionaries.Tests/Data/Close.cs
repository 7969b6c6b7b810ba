namespace Pellucid.Dictionaries.Tests.Data;

/// <summary>Two-sided comparison of arrays.</summary>
internal static class Close
{
    internal static void Assert(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0, string name = "")
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double tolerance = absolute + (relative * Math.Abs(expected[i]));
            Xunit.Assert.True(Math.Abs((double)expected[i] - actual[i]) <= tolerance, $"{name}[{i}]: {actual[i]:R} is not {expected[i]:R} ± {tolerance:G3}");
        }
    }
}
