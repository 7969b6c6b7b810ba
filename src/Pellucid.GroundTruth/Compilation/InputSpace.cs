using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Compilation;

/// <summary>The inputs that a program is compiled for: sequences of 1 to <c>Length</c> tokens.</summary>
internal static class InputSpace
{
    /// <summary>All inputs, shorter ones first, where there are at most <paramref name="count"/>; otherwise that many, drawn.</summary>
    internal static IEnumerable<Value[]> Of(CompileOptions options, int count, long seed) =>
        Total(options) <= count ? All(options) : Drawn(options, count, seed);

    internal static double Total(CompileOptions options) => Enumerable.Range(1, options.Length).Sum(length => Math.Pow(options.Vocabulary.Count, length));

    /// <summary>A random input of a length.</summary>
    internal static Value[] Draw(CompileOptions options, int length, SeededRandom random) =>
        [.. Enumerable.Range(0, length).Select(_ => random.Any(options.Vocabulary))];

    private static IEnumerable<Value[]> All(CompileOptions options)
    {
        for (int length = 1; length <= options.Length; length++)
        {
            int[] digits = new int[length];
            do
            {
                yield return [.. digits.Select(digit => options.Vocabulary[digit])];
            }
            while (Advance(digits, options.Vocabulary.Count));
        }
    }

    private static IEnumerable<Value[]> Drawn(CompileOptions options, int count, long seed)
    {
        SeededRandom random = new(seed, stream: 0x4A5F);
        for (int i = 0; i < count; i++)
        {
            yield return Draw(options, 1 + random.NextInt(options.Length), random);
        }
    }

    private static bool Advance(int[] digits, int limit)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            if (++digits[i] < limit)
            {
                return true;
            }

            digits[i] = 0;
        }

        return false;
    }
}
