using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

/// <summary>Every kind of product, with sizes that are multiples of nothing and several blocks of rows, columns and k.</summary>
public sealed unsafe class ProductDeterminismTests
{
    private const int Rows = 211;
    private const int Columns = 149;
    private const int Depth = 1601; // three blocks of k

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_UnpackedOnAnyThreadCount_GivesTheBitsOfThePackedProduct(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int m, int n, int k) in new[] { (Rows, Columns, Depth), (Columns, Rows, 97), (1, Columns, Depth), (Rows, 1, 3301), (1607, 50, 40) })
        {
            for (int kind = 0; kind < 8; kind++)
            {
                CheckUnpacked((kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0, m, n, k);
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Multiply_BFloat16WithActivationOnAnyThreadCount_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Guarded a = Guarded.Random(Rows * Depth, 1, 0.2f), weights = Guarded.Random(Depth * Columns, 2), bias = Guarded.Random(Columns, 3);
        foreach (DType storage in new[] { DType.F32, DType.BF16 })
        {
            using PackedMatrix packed = PackedMatrix.Pack(weights.Span, Depth, Columns, outputsByInputs: false, storage);
            SameOnAnyThreadCount(Rows * Columns, c => MatrixProduct.Multiply(
                a.Pointer, Depth, Rows, packed, c.Pointer, Columns, true, bias.Pointer, Activation.GeluTanh));
            Guarded some = new(Rows * Columns), alone = new(Rows * Columns);
            MatrixProduct.Multiply(a.Pointer, Depth, Rows, packed, some.Pointer, Columns, false, bias.Pointer, Activation.Silu);
            for (int row = 0; row < Rows; row += 30)
            {
                MatrixProduct.Multiply(
                    a.Pointer + (row * Depth), Depth, 1, packed, alone.Pointer + (row * Columns), Columns, false, bias.Pointer, Activation.Silu);
                Assert.True(some.Span.Slice(row * Columns, Columns).SequenceEqual(alone.Span.Slice(row * Columns, Columns)), $"row {row}, {storage}");
            }
        }

        Guarded.KeepAlive(a, weights, bias);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void MultiplyBatch_OnAnyThreadCount_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Outer = 3, Inner = 5, M = 33, N = 59, K = 71;
        Guarded a = Guarded.Random(Outer * Inner * M * K, 1), b = Guarded.Random(Outer * Inner * N * K, 2);
        for (int kind = 0; kind < 4; kind++)
        {
            bool transposeA = (kind & 1) != 0, transposeB = (kind & 2) != 0;
            SameOnAnyThreadCount(Outer * Inner * M * N, c => MatrixProduct.MultiplyBatch(
                Outer,
                Inner,
                new BatchOperand { First = a.Pointer, StrideRow = transposeA ? M : K, StrideOuter = Inner * M * K, StrideInner = M * K, Transposed = transposeA },
                new BatchOperand { First = b.Pointer, StrideRow = transposeB ? K : N, StrideOuter = Inner * N * K, StrideInner = N * K, Transposed = transposeB },
                new BatchOperand { First = c.Pointer, StrideRow = N, StrideOuter = Inner * M * N, StrideInner = M * N },
                M, N, K, accumulate: true));
        }

        Guarded.KeepAlive(a, b);
    }

    /// <summary>The unpacked product's rows lie apart; what lies between them stays.</summary>
    private static void CheckUnpacked(bool transposeA, bool transposeB, bool accumulate, int m, int n, int k)
    {
        int strideA = (transposeA ? m : k) + 3, strideB = (transposeB ? k : n) + 5, strideC = n + 7;
        Guarded a = Guarded.Random((transposeA ? k : m) * strideA, 1), b = Guarded.Random((transposeB ? n : k) * strideB, 2);
        float[] left = new float[m * k], right = new float[k * n];
        for (int row = 0; row < m; row++)
        {
            for (int depth = 0; depth < k; depth++)
            {
                left[(row * k) + depth] = a.Span[transposeA ? (depth * strideA) + row : (row * strideA) + depth];
            }
        }

        for (int depth = 0; depth < k; depth++)
        {
            for (int column = 0; column < n; column++)
            {
                right[(depth * n) + column] = b.Span[transposeB ? (column * strideB) + depth : (depth * strideB) + column];
            }
        }

        Guarded plain = new(left);
        using PackedMatrix packed = PackedMatrix.Pack(right, k, n, outputsByInputs: false);
        Guarded expected = Guarded.Random(m * strideC, 9);
        MatrixProduct.Multiply(plain.Pointer, k, m, packed, expected.Pointer, strideC, accumulate);
        float[] got = SameOnAnyThreadCount(m * strideC, c => MatrixProduct.Multiply(
            a.Pointer, strideA, transposeA, b.Pointer, strideB, transposeB, c.Pointer, strideC, m, n, k, accumulate));
        Assert.True(expected.Span.SequenceEqual(got), $"{m} × {k} × {n}, turned {transposeA}, {transposeB}, added {accumulate}");
        Guarded.KeepAlive(a, b, plain);
    }

    /// <summary>Runs on pools of several sizes, from the same values of C; returns what all of them got.</summary>
    private static float[] SameOnAnyThreadCount(int length, Action<Guarded> product)
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded c = Guarded.Random(length, 9);
            product(c);
            c.AssertGuards();
            first ??= c.Span.ToArray();
            Assert.True(c.Span.SequenceEqual(first), $"{threads} threads");
        }

        return first!;
    }
}
