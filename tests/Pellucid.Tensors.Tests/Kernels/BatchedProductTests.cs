using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class BatchedProductTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void MultiplyBatch_GeneratedShapes_GivesTheBitsOfEachProductAlone(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(3);
        for (int trial = 0; trial < 24; trial++)
        {
            int m = random.Next(1, 60), n = random.Next(1, 110), k = trial == 20 ? 0 : trial == 21 ? 3200 : random.Next(1, 90);
            Check(trial % 4, trial % 3 == 0 ? 9 : random.Next(1, 4), m, n, k, trial);
        }

        Check(1, 2, 230, 190, 170, 99); // few items, each shared
    }

    private static void Check(int outer, int inner, int m, int n, int k, int seed)
    {
        bool transposeA = (seed & 1) != 0, transposeB = (seed & 2) != 0, accumulate = (seed & 4) != 0;
        const int Group = 2;
        int shared = (inner + Group - 1) / Group;
        int sizeA = m * k, sizeB = (n * k) + 5, sizeC = m * (n + 3);
        Guarded a = Guarded.Random((outer * inner * sizeA) + 1, seed), b = Guarded.Random((outer * shared * sizeB) + 1, seed + 1),
            c = Guarded.Random((outer * inner * sizeC) + 1, seed + 2), alone = new(c.Span);
        using WorkerPool pool = new(1 + (seed % 3));
        using IDisposable use = Workers.Use(pool);
        MatrixProduct.MultiplyBatch(
            outer,
            inner,
            new BatchOperand { First = a.Pointer, StrideRow = transposeA ? m : k, StrideOuter = inner * sizeA, StrideInner = sizeA, Transposed = transposeA },
            new BatchOperand
            {
                First = b.Pointer,
                StrideRow = transposeB ? k : n,
                StrideOuter = shared * sizeB,
                StrideInner = sizeB,
                Group = Group,
                Transposed = transposeB,
            },
            new BatchOperand { First = c.Pointer, StrideRow = n + 3, StrideOuter = inner * sizeC, StrideInner = sizeC },
            m, n, k, accumulate);
        for (int item = 0; item < outer * inner; item++)
        {
            float* right = b.Pointer + (item / inner * shared * sizeB) + (item % inner / Group * sizeB);
            MatrixProduct.Multiply(
                a.Pointer + (item * sizeA), transposeA ? m : k, transposeA, right, transposeB ? k : n, transposeB,
                alone.Pointer + (item * sizeC), n + 3, m, n, k, accumulate);
        }

        Assert.True(alone.Span.SequenceEqual(c.Span), $"{outer} × {inner} of {m} × {k} × {n}");
        c.AssertGuards();
        Guarded.KeepAlive(a, b);
    }
}
