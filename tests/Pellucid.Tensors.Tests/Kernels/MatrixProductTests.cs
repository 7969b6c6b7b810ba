using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class MatrixProductTests
{
    // Rounding of a sum of k products of numbers below 1 grows like sqrt(k) · 2^-24 · |partial sum| (about sqrt(k)/3); times 4 for the
    // worst of many.
    private static double Tolerance(int k) => 4 * 6e-8 * (k + 8) / 3;

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_EverySmallShape_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        int[] columns = [1, 3, 12, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 64, 95, 97, 150];
        for (int rows = 1; rows <= 19; rows++)
        {
            foreach (int n in columns)
            {
                Check(rows, 1 + ((rows * 7) + n) % 29, n, (rows & 1) == 0, (n & 1) == 0, rows + n);
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_GeneratedShapes_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(7);
        for (int trial = 0; trial < 12; trial++)
        {
            Check(random.Next(1, 260), random.Next(1, 200), random.Next(1, 300), random.Next(2) == 0, random.Next(2) == 0, trial);
        }

        Check(3, 1600, 50, true, true, 1); // three blocks of k
        Check(1, 1600, 500, true, true, 2);
        Check(200, 800, 100, false, true, 3);
        Check(5, 0, 50, true, true, 4);
        Check(1, 0, 50, false, true, 4);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_TransposedOperands_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(11);
        for (int trial = 0; trial < 24; trial++)
        {
            bool transposeA = (trial & 1) != 0, transposeB = (trial & 2) != 0, accumulate = (trial & 4) != 0;
            int m = trial > 19 ? 1 : random.Next(1, 120), n = random.Next(1, 120), k = trial % 8 == 7 ? random.Next(0, 3400) : random.Next(1, 120);
            Guarded a = Guarded.Random(m * k, trial), b = Guarded.Random(k * n, trial + 50), c = Guarded.Random(m * n, trial + 90);
            double[] expected = c.Doubles;
            Reference.MatrixProduct<double>(a.Doubles, transposeA, b.Doubles, transposeB, expected, m, n, k, accumulate);
            MatrixProduct.Multiply(
                a.Pointer, transposeA ? m : k, transposeA, b.Pointer, transposeB ? k : n, transposeB, c.Pointer, n, m, n, k, accumulate);
            Guarded.KeepAlive(a, b);
            c.AssertClose(expected, 0, Tolerance(k));
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_OneRowOrMany_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Rows = 75, Depth = 900, Columns = 230;
        Guarded a = Guarded.Random(Rows * Depth, 1), b = Guarded.Random(Depth * Columns, 2), bias = Guarded.Random(Columns, 3);
        using PackedMatrix packed = PackedMatrix.Pack(b.Span, Depth, Columns, outputsByInputs: false);
        Guarded together = new(Rows * Columns), alone = new(Rows * Columns);
        MatrixProduct.Multiply(a.Pointer, Depth, Rows, packed, together.Pointer, Columns, false, bias.Pointer);
        for (int row = 0; row < Rows; row++)
        {
            MatrixProduct.Multiply(a.Pointer + (row * Depth), Depth, 1, packed, alone.Pointer + (row * Columns), Columns, false,
                bias.Pointer);
        }

        Assert.True(together.Span.SequenceEqual(alone.Span));
        Guarded.KeepAlive(a, b, bias);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_AnyThreadCount_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Rows = 300, Depth = 190, Columns = 210;
        Guarded a = Guarded.Random(Rows * Depth, 1), b = Guarded.Random(Depth * Columns, 2);
        using PackedMatrix packed = PackedMatrix.Pack(b.Span, Depth, Columns, outputsByInputs: false);
        Guarded first = new(Rows * Columns);
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded c = new(Rows * Columns);
            MatrixProduct.Multiply(a.Pointer, Depth, Rows, packed, c.Pointer, Columns);
            c.AssertGuards();
            if (threads == 1)
            {
                c.Span.CopyTo(first.Span);
            }

            Assert.True(first.Span.SequenceEqual(c.Span), $"{threads} threads");
        }

        Guarded.KeepAlive(a, b);
    }

    [Fact]
    public void Multiply_TwoCallersAtOnce_AreBothRight()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, seed => Check(150, 100, 130, seed % 2 == 0, true, seed));
    }

    private static void Check(int rows, int depth, int columns, bool accumulate, bool withBias, int seed)
    {
        int strideA = depth + 3, strideC = columns + 5;
        Guarded a = Guarded.Random(rows * strideA, seed), weights = Guarded.Random(columns * depth, seed + 1),
            bias = Guarded.Random(columns, seed + 2);
        Guarded c = Guarded.Random(rows * strideC, seed + 3);
        using PackedMatrix packed = PackedMatrix.Pack(weights.Span, depth, columns, outputsByInputs: true);
        double[] before = c.Doubles;
        double[] expected = new double[rows * columns];
        double[] left = new double[rows * depth];
        for (int row = 0; row < rows; row++)
        {
            before.AsSpan(row * strideC, columns).CopyTo(expected.AsSpan(row * columns));
            a.Doubles.AsSpan(row * strideA, depth).CopyTo(left.AsSpan(row * depth));
        }

        Reference.MatrixProduct<double>(
            left, false, weights.Doubles, true, expected, rows, columns, depth, accumulate,
            withBias ? bias.Doubles : default(ReadOnlySpan<double>));
        MatrixProduct.Multiply(a.Pointer, strideA, rows, packed, c.Pointer, strideC, accumulate, withBias ? bias.Pointer : null);
        Guarded.KeepAlive(a, bias);
        for (int row = 0; row < rows; row++)
        {
            expected.AsSpan(row * columns, columns).CopyTo(before.AsSpan(row * strideC));
        }

        c.AssertClose(before, 0, Tolerance(depth)); // what lies between the rows is unchanged
    }
}
