namespace Pellucid.Tensors.Tests.Gradients;

/// <summary>Plain arithmetic on arrays of double.</summary>
internal static class Numbers
{
    internal delegate void RowFunction(double[] row, Span<double> to);

    internal static int Count(int[] shape) => shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Values that float holds exactly, so that both precisions begin from the same.</summary>
    internal static double[] Generate(Random random, int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)(low + (random.NextDouble() * (high - low))))];

    internal static double Dot(double[] x, double[] y) => x.Zip(y, (left, right) => left * right).Sum();

    internal static double[] Map(double[] x, Func<double, double> function) => Array.ConvertAll(x, value => function(value));

    /// <summary>f(x, y), with y over again where it is shorter.</summary>
    internal static double[] Map(double[] x, double[] y, Func<double, double, double> function) =>
        [.. x.Select((value, index) => function(value, y[index % y.Length]))];

    /// <summary>f(x, y), with one y for each row of x.</summary>
    internal static double[] ByRow(double[] x, double[] y, Func<double, double, double> function) =>
        [.. x.Select((value, index) => function(value, y[index / (x.Length / y.Length)]))];

    internal static double[] Rows(double[] x, int width, RowFunction function)
    {
        double[] result = new double[x.Length];
        for (int at = 0; at < x.Length; at += width)
        {
            function(x[at..(at + width)], result.AsSpan(at, width));
        }

        return result;
    }

    internal static double[] EachRow(double[] x, int width, Func<double[], double> function) => [.. x.Chunk(width).Select(function)];

    /// <summary>What stands at each index of a shape, from its value and index.</summary>
    internal static double[] Where(double[] x, int[] shape, Func<double, int[], double> function) =>
        [.. x.Select((value, flat) => function(value, Index(flat, shape)))];

    /// <summary>The values at the indices of a new shape.</summary>
    internal static double[] At(int[] shape, Func<int[], double> value) => [.. Enumerable.Range(0, Count(shape)).Select(flat => value(Index(flat, shape)))];

    internal static int[] Index(int flat, int[] shape)
    {
        int[] index = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            (flat, index[axis]) = Math.DivRem(flat, shape[axis]);
        }

        return index;
    }

    internal static int Flat(int[] shape, params ReadOnlySpan<int> index)
    {
        int flat = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            flat = (flat * shape[axis]) + index[axis];
        }

        return flat;
    }

    /// <summary>
    /// Single precision against double: <paramref name="relative"/> of the largest value expected, because sums over that array's values
    /// round in proportion to it, and as much absolute where all are small. Equal counts, no NaN.
    /// </summary>
    internal static void AssertClose(IReadOnlyList<double> expected, ReadOnlySpan<float> actual, double relative, string what)
    {
        Assert.Equal(expected.Count, actual.Length);
        double largest = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (int index = 0; index < actual.Length; index++)
        {
            bool close = double.IsFinite(expected[index])
                ? Math.Abs(actual[index] - expected[index]) <= relative * (largest + 0.1)
                : expected[index].Equals(actual[index]);
            Assert.True(close, $"{what} [{index}] is {actual[index]:R}; {expected[index]:R} was expected, and the largest is {largest:G3}.");
        }
    }
}
