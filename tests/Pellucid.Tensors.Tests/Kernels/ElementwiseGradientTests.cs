using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class ElementwiseGradientTests
{
    private const double Ulp = 1.0 / (1 << 23);

    private static readonly int[] Lengths = [0, 1, 3, 5, 8, 15, 17, 33, 100, 1001, 70001];

    private unsafe delegate void Gradient(float* x, float* dy, float* dx, long length);

    private unsafe delegate void GatedGradient(float* gate, float* up, float* dy, float* dGate, float* dUp, long length);

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Gradients_EveryLength_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);

        // Absolute tolerances where the slope is a sum of two terms of up to 1: a few roundings of each; erfc is a fit of 1.2e-7.
        Check(Elementwise.SiluGradient, Reference.SiluSlope, 4 * Ulp, 4e-7);
        Check(Elementwise.GeluGradient, Reference.GeluSlope, 4 * Ulp, 5e-7);
        Check(Elementwise.GeluTanhGradient, Reference.GeluTanhSlope, 4 * Ulp, 1e-6); // x² and its factor grow to 8 with x
        Check(Elementwise.ReluGradient, x => x > 0 ? 1 : 0, 0, 0);
        Check(Elementwise.ExpGradient, y => y, Ulp, 0);
        Check(Elementwise.SigmoidGradient, y => y * (1 - y), 3 * Ulp, 3e-7);
        Check(Elementwise.TanhGradient, y => 1 - (y * y), 4 * Ulp, 1e-6);
        Check((y, dy, dx, n) => Elementwise.SoftCapGradient(y, 7, dy, dx, n), y => 1 - (y * y / 49), 4 * Ulp, 3e-7);
        Check(Elementwise.LogGradient, x => 1 / x, Ulp, 0);
        Check(Elementwise.SqrtGradient, y => 1 / (2 * y), Ulp, 0);
        Check(Elementwise.SquareGradient, x => 2 * x, Ulp, 0);
        Check(Elementwise.AbsGradient, x => Math.Sign(x), 0, 0);
        Check((x, dy, dx, n) => Elementwise.ClampGradient(x, -1, 2, dy, dx, n), x => x is >= -1 and <= 2 ? 1 : 0, 0, 0);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void GatedGradients_EveryLength_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Check(Elementwise.SwiGluGradient, Reference.Silu, Reference.SiluSlope);
        Check(Elementwise.GeGluGradient, Reference.Gelu, Reference.GeluSlope);
        Check(Elementwise.GeGluTanhGradient, Reference.GeluTanh, Reference.GeluTanhSlope);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Gradients_FarFromZero_SaturateWithoutNaN(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded x = new([-200f, 200f, -1e15f, 1e15f, 0f, -0f]), dy = new([1f, 1f, 1f, 1f, 1f, 1f]), dx = new(6);
        Elementwise.SiluGradient(x.Pointer, dy.Pointer, dx.Pointer, 6);
        Assert.Equal([0, 1, 0, 1, 0.5f, 0.5f], dx.Span.ToArray());
        Elementwise.GeluGradient(x.Pointer, dy.Pointer, dx.Pointer, 6);
        dx.AssertClose([0, 1, 0, 1, 0.5, 0.5], 0, 1e-7);
        Elementwise.GeluTanhGradient(x.Pointer, dy.Pointer, dx.Pointer, 6);
        Assert.Equal([0, 1, 0, 1, 0.5f, 0.5f], dx.Span.ToArray());
        Elementwise.AbsGradient(x.Pointer, dy.Pointer, dx.Pointer, 6);
        Assert.Equal([-1, 1, -1, 1, 0, 0], dx.Span.ToArray());
    }

    private static void Check(Gradient kernel, Func<double, double> slope, double relative, double absolute)
    {
        foreach (int length in Lengths)
        {
            Guarded x = Guarded.Random(length, length + 1, 6), dy = Guarded.Random(length, length + 2), dx = new(length);
            double[] expected = x.Doubles;
            Reference.Map(expected, dy.Doubles, expected, (value, upper) => slope(value) * upper);
            kernel(x.Pointer, dy.Pointer, dx.Pointer, length);
            dx.AssertClose(expected, relative, absolute);
            kernel(x.Pointer, dy.Pointer, dy.Pointer, length);
            Assert.True(dy.Span.SequenceEqual(dx.Span), "in place");
        }
    }

    private static void Check(GatedGradient kernel, Func<double, double> function, Func<double, double> slope)
    {
        foreach (int length in Lengths)
        {
            Guarded gate = Guarded.Random(length, length + 1, 6), up = Guarded.Random(length, length + 2), dy = Guarded.Random(length, 3),
                dGate = new(length), dUp = new(length);
            kernel(gate.Pointer, up.Pointer, dy.Pointer, dGate.Pointer, dUp.Pointer, length);
            double[] ups = up.Doubles, upper = dy.Doubles, gates = gate.Doubles;
            dGate.AssertClose([.. gates.Select((value, at) => slope(value) * ups[at] * upper[at])], 4 * Ulp, 1e-6);
            dUp.AssertClose([.. gates.Select((value, at) => function(value) * upper[at])], 4 * Ulp, 3e-7);
        }
    }
}
