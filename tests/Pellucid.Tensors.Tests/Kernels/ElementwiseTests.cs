using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class ElementwiseTests
{
    private const double Ulp = 1.0 / (1 << 23);

    private static readonly int[] Lengths = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 1001, 70001];

    private unsafe delegate void Unary(float* x, float* y, long length);

    private unsafe delegate void Binary(float* x, float* y, float* z, long length);

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Unary_EveryLength_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);

        // Relative tolerances in ulp: exp is within 2; each further rounding adds half of one, and an argument's rounding is multiplied by
        // it.
        Check(Elementwise.Exp, double.Exp, 80, 2 * Ulp, 0);
        Check(Elementwise.Sigmoid, Reference.Sigmoid, 30, 4 * Ulp, 0);
        Check(Elementwise.Silu, Reference.Silu, 30, 4 * Ulp, 0);
        Check(Elementwise.Relu, Reference.Relu, 3, 0, 0);
        Check(Elementwise.Gelu, Reference.Gelu, 6, 4 * Ulp, 2e-7); // erfc by a fit of 1.2e-7 relative
        Check(Elementwise.GeluTanh, Reference.GeluTanh, 6, 4 * Ulp, 2e-7);
        Check(Elementwise.Tanh, double.Tanh, 0.7f, 3 * Ulp, 0);
        Check(Elementwise.Tanh, double.Tanh, 10, 3 * Ulp, 0);
        Check((x, y, n) => Elementwise.SoftCap(x, 5, y, n), x => 5 * Math.Tanh(x / 5), 20, 5 * Ulp, 0);
        Check(Elementwise.Sqrt, Math.Sqrt, 9, Ulp, 0);
        Check(Elementwise.Square, x => x * x, 9, Ulp, 0);
        Check(Elementwise.Abs, Math.Abs, 9, 0, 0);
        Check((x, y, n) => Elementwise.Clamp(x, -1, 2, y, n), x => Math.Clamp(x, -1, 2), 3, 0, 0);
        Check((x, y, n) => Elementwise.Scale(x, 0.3f, y, n), x => x * 0.3f, 5, Ulp, 0);
        Check((x, y, n) => Elementwise.AddScalar(x, 0.3f, y, n), x => x + 0.3f, 5, Ulp, 0);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Binary_EveryLength_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Check(Elementwise.Add, (x, y) => x + y, Ulp);
        Check(Elementwise.Subtract, (x, y) => x - y, Ulp);
        Check(Elementwise.Multiply, (x, y) => x * y, Ulp);
        Check(Elementwise.Divide, (x, y) => x / y, Ulp);
        Check(Elementwise.SwiGlu, Reference.SwiGlu, 4 * Ulp);
        Check(Elementwise.GeGlu, (gate, up) => Reference.Gelu(gate) * up, 4 * Ulp, 2e-7);
        Check(Elementwise.GeGluTanh, (gate, up) => Reference.GeluTanh(gate) * up, 4 * Ulp, 2e-7);
        Check(
            (x, y, z, n) =>
            {
                new Span<float>(y, (int)n).CopyTo(new Span<float>(z, (int)n));
                Elementwise.AddScaled(x, 0.7f, z, n);
            },
            (x, y) => y + (x * 0.7f),
            Ulp,
            1e-6);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Exp_WholeRange_IsWithinTwoUlp(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded x = new(60001), y = new(60001);
        for (int index = 0; index < x.Length; index++)
        {
            x.Span[index] = -87.3f + (176f * index / x.Length);
        }

        Elementwise.Exp(x.Pointer, y.Pointer, x.Length);
        double[] expected = x.Doubles;
        Reference.Map<double>(expected, expected, double.Exp);
        y.AssertClose(expected, 2 * Ulp, 0);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Log_WholeRange_IsWithinTwoUlp(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded x = new(30001), y = new(30001);
        for (int index = 0; index < x.Length; index++)
        {
            x.Span[index] = MathF.Exp(-100f + (188f * index / x.Length)); // subnormal numbers too
        }

        (x.Span[0], x.Span[1], x.Span[2], x.Span[3], x.Span[4]) = (0, -1, float.PositiveInfinity, float.NaN, 1);
        Elementwise.Log(x.Pointer, y.Pointer, x.Length);
        double[] expected = x.Doubles;
        Reference.Map<double>(expected, expected, double.Log);
        y.AssertClose(expected, 2 * Ulp, 1e-7);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Exp_SpecialValues_AreExact(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        float[] inputs = [0, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1000, -1000, 88.8f, -104.5f, float.MaxValue,
            float.MinValue];
        float[] expected = [1, 1, float.PositiveInfinity, 0, float.NaN, float.PositiveInfinity, 0, float.PositiveInfinity, 0,
            float.PositiveInfinity, 0];
        Guarded x = new(inputs), y = new(inputs.Length);
        Elementwise.Exp(x.Pointer, y.Pointer, x.Length);
        Assert.Equal(expected, y.Span.ToArray());
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Exp_SubnormalResults_AreWithinTwoSteps(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded x = new(1000), y = new(1000);
        for (int index = 0; index < x.Length; index++)
        {
            x.Span[index] = -87f - (17f * index / x.Length);
        }

        Elementwise.Exp(x.Pointer, y.Pointer, x.Length);
        double[] expected = x.Doubles;
        Reference.Map<double>(expected, expected, double.Exp);
        y.AssertClose(expected, 2 * Ulp, float.Epsilon);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Activations_FarFromZero_SaturateWithoutNaN(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded x = new([-200f, 200f, float.NaN, -1e30f, 1e30f]), y = new(5);
        Elementwise.Sigmoid(x.Pointer, y.Pointer, 5);
        Assert.Equal([0, 1, float.NaN, 0, 1], y.Span.ToArray());
        Elementwise.Silu(x.Pointer, y.Pointer, 5);
        Assert.Equal([0, 200, float.NaN, 0, 1e30f], y.Span.ToArray().Select(value => value == 0 ? 0 : value));
        Elementwise.Gelu(x.Pointer, y.Pointer, 5);
        Assert.Equal([0, 200, float.NaN, 0, 1e30f], y.Span.ToArray().Select(value => value == 0 ? 0 : value));
        Elementwise.GeluTanh(x.Pointer, y.Pointer, 5);
        Assert.Equal([0, 200, float.NaN, 0, 1e30f], y.Span.ToArray().Select(value => value == 0 ? 0 : value));
        Elementwise.Relu(x.Pointer, y.Pointer, 5);
        Assert.Equal([0, 200, float.NaN, 0, 1e30f], y.Span.ToArray());
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void RowVectorsAndScalars_EveryShape_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in new[] { (1, 1), (3, 7), (5, 16), (130, 33), (700, 48) })
        {
            Guarded x = Guarded.Random(rows * width, 1), vector = Guarded.Random(width, 2), scalars = Guarded.Random(rows, 3),
                z = new(rows * width);
            Elementwise.AddRowVector(x.Pointer, vector.Pointer, z.Pointer, rows, width);
            z.AssertClose([.. x.Doubles.Select((value, index) => value + vector.Span[index % width])], Ulp, 0);
            Elementwise.MultiplyRowVector(x.Pointer, vector.Pointer, z.Pointer, rows, width);
            z.AssertClose([.. x.Doubles.Select((value, index) => value * vector.Span[index % width])], Ulp, 0);
            Elementwise.MultiplyRowScalars(x.Pointer, scalars.Pointer, z.Pointer, rows, width);
            z.AssertClose([.. x.Doubles.Select((value, index) => value * scalars.Span[index / width])], Ulp, 0);
            Elementwise.DivideRowScalars(x.Pointer, scalars.Pointer, z.Pointer, rows, width);
            z.AssertClose([.. x.Doubles.Select((value, index) => value / scalars.Span[index / width])], Ulp, 0);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Reductions_EveryLength_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (int length in Lengths)
        {
            // Chunks of 2048 in float: an error of some 2^-24 · sqrt(2048) of a chunk's sum of absolute values.
            Guarded x = Guarded.Random(length, 1), y = Guarded.Random(length, 2);
            Assert.Equal(Reference.Dot<double>(x.Doubles, y.Doubles), Reductions.Dot(x.Pointer, y.Pointer, length),
                1e-6 * (Math.Sqrt(length) + 1));
            Assert.Equal(Reference.Dot<double>(x.Doubles, x.Doubles), Reductions.SumOfSquares(x.Pointer, length), 1e-6 * (length + 1));
        }
    }

    private static void Check(Unary kernel, Func<double, double> reference, float range, double relative, double absolute)
    {
        foreach (int length in Lengths)
        {
            Guarded x = Guarded.Random(length, length + 1, range), y = new(length);
            double[] expected = x.Doubles;
            Reference.Map(expected, expected, reference);
            kernel(x.Pointer, y.Pointer, length);
            y.AssertClose(expected, relative, absolute);
            kernel(x.Pointer, x.Pointer, length);
            Assert.True(x.Span.SequenceEqual(y.Span), "in place");
        }
    }

    private static void Check(Binary kernel, Func<double, double, double> reference, double relative, double absolute = 0)
    {
        foreach (int length in Lengths)
        {
            Guarded x = Guarded.Random(length, length + 1), y = Guarded.Random(length, length + 2), z = new(length);
            double[] expected = x.Doubles;
            Reference.Map(expected, y.Doubles, expected, reference);
            kernel(x.Pointer, y.Pointer, z.Pointer, length);
            z.AssertClose(expected, relative, absolute);
        }
    }
}
