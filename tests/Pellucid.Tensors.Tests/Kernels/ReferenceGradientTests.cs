using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

/// <summary>The reference gradients, in double, against central differences of the reference functions.</summary>
public sealed class ReferenceGradientTests
{
    private const double Step = 1e-5;

    /// <summary>Differences err by some Step² of the third derivative, and by 1e-16 / Step of rounding.</summary>
    private const double Tolerance = 1e-8;

    [Fact]
    public void Slopes_ManyPoints_MatchDifferences()
    {
        for (double x = -6; x <= 6; x += 0.37)
        {
            Assert.Equal(Slope(Reference.Silu, x), Reference.SiluSlope(x), Tolerance);
            Assert.Equal(Slope(Reference.Gelu, x), Reference.GeluSlope(x), Tolerance);
            Assert.Equal(Slope(Reference.GeluTanh, x), Reference.GeluTanhSlope(x), Tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void RowGradients_RandomRows_MatchDifferences(int width)
    {
        double[] x = Values(width, 1), weight = Values(width, 2), bias = Values(width, 3), dy = Values(width, 4), y = new double[width];
        double[] dx = new double[width], dWeight = new double[width], dBias = new double[width];
        Reference.Softmax<double>(x, y);
        Reference.SoftmaxGradient<double>(y, dy, dx);
        Check(x, dx, () => Sum(dy, to => Reference.Softmax<double>(x, to)));
        Reference.LogSoftmax<double>(x, y);
        Reference.LogSoftmaxGradient<double>(y, dy, dx);
        Check(x, dx, () => Sum(dy, to => Reference.LogSoftmax<double>(x, to)));
        Reference.CrossEntropyGradient(x, width / 2, 0.7, dx);
        Check(x, dx, () => 0.7 * Reference.CrossEntropy<double>(x, width / 2));
        foreach (bool center in new[] { true, false })
        {
            dWeight.AsSpan().Clear();
            dBias.AsSpan().Clear();
            Reference.NormGradient(x, weight, dy, dx, dWeight, dBias, 0.1, center);
            Action<double[]> norm = center
                ? to => Reference.LayerNorm(x, weight, bias, to, 0.1)
                : to => Reference.RmsNorm(x, weight, to, 0.1);
            Check(x, dx, () => Sum(dy, norm));
            Check(weight, dWeight, () => Sum(dy, norm));
            if (center)
            {
                Check(bias, dBias, () => Sum(dy, norm));
            }
        }
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(2, 5, 0)]
    [InlineData(1, 4, 0.8)]
    public void AttendGradient_OneQuery_MatchesDifferences(int first, int seen, double cap)
    {
        const int Size = 3, Keys = 5;
        double[] query = Values(Size, 1), keys = Values(Keys * Size, 2), values = Values(Keys * Size, 3), dz = Values(Size, 4);
        double[] dQuery = new double[Size], dKeys = new double[keys.Length], dValues = new double[values.Length];
        Reference.AttendGradient<double>(query, keys, values, Size, first, seen, 0.6, cap, dz, dQuery, dKeys, dValues);
        Func<double> loss = () => Sum(dz, z => Reference.Attend<double>(query, keys, values, Size, first, seen, 0.6, cap, z));
        Check(query, dQuery, loss);
        Check(keys, dKeys, loss);
        Check(values, dValues, loss);
    }

    private static double Slope(Func<double, double> function, double x) => (function(x + Step) - function(x - Step)) / (2 * Step);

    private static void Check(double[] x, double[] gradient, Func<double> loss)
    {
        for (int index = 0; index < x.Length; index++)
        {
            double before = x[index];
            double slope = Slope(
                value =>
                {
                    x[index] = value;
                    return loss();
                },
                before);
            x[index] = before;
            Assert.Equal(slope, gradient[index], Tolerance);
        }
    }

    private static double Sum(double[] dy, Action<double[]> function)
    {
        double[] y = new double[dy.Length];
        function(y);
        return Reference.Dot<double>(dy, y);
    }

    private static double[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 4) - 2)];
    }
}
