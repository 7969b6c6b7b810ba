using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Tests.Kernels;

namespace Pellucid.Tensors.Tests.Sparse;

public sealed class SparseEncoderTests
{
    private static readonly (int Rows, int Width, int Latents, int K)[] Shapes =
        [(1, 1, 1, 1), (3, 5, 7, 2), (2, 17, 100, 40), (9, 33, 49, 60), (33, 8, 1000, 3), (70, 100, 513, 20), (201, 31, 300, 9), (65, 1000, 97, 5), (0, 4, 10, 2)];

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void TopK_EveryShape_HasTheBitsOfDenseProductAndSelection(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width, int latents, int k) in Shapes)
        {
            foreach (bool screened in (bool[])[false, true])
            {
                using Problem problem = new(rows, width, latents, seed: latents);
                using SparseEncoder encoder = new() { Screened = screened };
                using SparseCodes codes = new();
                encoder.Pack(problem.Weights, problem.Bias);
                encoder.TopK(problem.X, k, codes);
                AssertRows(problem, codes, row => Reference.LargestPositive<float>(problem.Dense(row), k));
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void TopK_SomeOfTheLatents_NamesThemAndIgnoresTheOthers(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        using Problem problem = new(80, 12, 300, seed: 5);
        int[] some = [.. Enumerable.Range(0, 300).Where(latent => latent % 3 == 1)];
        using SparseEncoder encoder = new();
        using SparseCodes codes = new();
        encoder.Pack(problem.Weights, problem.Bias, some);
        encoder.TopK(problem.X, 7, codes);
        AssertRows(problem, codes, row =>
        {
            float[] z = problem.Dense(row);
            return Reference.LargestPositive<float>([.. z.Select((value, latent) => latent % 3 == 1 ? value : -1)], 7);
        });
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void BatchTopKAndAbove_EveryShape_ChooseWhatTheDenseMatrixSays(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width, int latents, int k) in Shapes.Where(shape => shape.Rows > 0))
        {
            using Problem problem = new(rows, width, latents, seed: rows, steps: 8); // few different values, so that many are equal
            using SparseEncoder encoder = new();
            using SparseCodes codes = new();
            encoder.Pack(problem.Weights, problem.Bias);
            float[] all = [.. Enumerable.Range(0, rows).SelectMany(problem.Dense)];
            HashSet<int> chosen = [.. Reference.LargestPositive<float>(all, (long)rows * k / 2 + 1)];
            encoder.BatchTopK(problem.X, ((long)rows * k / 2) + 1, codes);
            AssertRows(problem, codes, row => [.. Enumerable.Range(0, latents).Where(latent => chosen.Contains((row * latents) + latent))]);
            encoder.Above(problem.X, 0.25f, codes);
            AssertRows(problem, codes, row => [.. Enumerable.Range(0, latents).Where(latent => all[(row * latents) + latent] > 0.25f)]);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Rectify_EveryShape_IsReluOfTheDenseProduct(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width, int latents, _) in Shapes)
        {
            using Problem problem = new(rows, width, latents, seed: latents);
            using SparseEncoder encoder = new();
            using LatentPanels panels = new();
            encoder.Pack(problem.Weights, problem.Bias);
            encoder.Rectify(problem.X, panels);
            float[][] dense = [.. Enumerable.Range(0, rows).Select(row => Array.ConvertAll(problem.Dense(row), value => Math.Max(value, 0)))];
            Assert.Equal(dense.Sum(row => row.Count(value => value > 0)), panels.Count);
            Assert.Equal(dense.Sum(row => row.Sum(value => (double)value)), panels.Sum, 1e-6 * Math.Max(1, panels.Sum)); // sums of 48 in float
            for (int row = 0; row < rows; row++)
            {
                Assert.Equal(dense[row], Enumerable.Range(0, latents).Select(latent => panels[row, latent]));
            }
        }
    }

    [Fact]
    public void ActiveShare_MoreRowsThanAreSampled_CountsEvenlySpreadRows()
    {
        using Problem problem = new(201, 31, 300, seed: 5);
        using SparseEncoder encoder = new();
        encoder.Pack(problem.Weights, problem.Bias);
        double expected = Enumerable.Range(0, 32).Average(index => problem.Dense(index * 6).Count(value => value > 0) / 300.0);
        Assert.InRange(expected, 0.2, 0.8);
        Assert.Equal(expected, encoder.ActiveShare(problem.X), 1e-12);
    }

    [Fact]
    public void BatchTopK_MoreCandidatesThanListsHold_KeepsTheLowestKeysOfEquals()
    {
        using Problem problem = new(200, 2, 997, seed: 3, steps: 2);
        using SparseEncoder encoder = new();
        using SparseCodes codes = new();
        encoder.Pack(problem.Weights, problem.Bias);
        float[] all = [.. Enumerable.Range(0, 200).SelectMany(problem.Dense)];
        HashSet<int> chosen = [.. Reference.LargestPositive<float>(all, 500)];
        encoder.BatchTopK(problem.X, 500, codes);
        Assert.Equal(500, codes.Count);
        AssertRows(problem, codes, row => [.. Enumerable.Range(0, 997).Where(latent => chosen.Contains((row * 997) + latent))]);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Keep_SeveralBatches_KeepsEachLatentsLargestWithTheLowestPositions(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int latents, int count) in ((int, int, int)[])[(5, 3, 20), (150, 50, 1), (400, 131, 20)])
        {
            using Problem problem = new(rows, 6, latents, seed: count, steps: 6);
            using SparseEncoder encoder = new();
            encoder.Pack(problem.Weights, problem.Bias);
            using TopExamples fused = new(latents, count), dense = new(latents, count);
            float[][] z = [.. Enumerable.Range(0, rows).Select(problem.Dense)];
            using Tensor whole = Tensor.From(z.SelectMany(row => row).ToArray(), new Shape(rows, latents));
            for (int batch = 0; batch < 3; batch++)
            {
                encoder.Keep(problem.X, 1000 + ((long)batch * rows), fused);
                dense.Keep(whole, 1000 + ((long)batch * rows));
            }

            float[] values = new float[count];
            long[] positions = new long[count];
            for (int latent = 0; latent < latents; latent++)
            {
                float[] column = [.. Enumerable.Range(0, 3 * rows).Select(position => z[position % rows][latent])];
                int[] best = Reference.LargestPositive<float>(column, count);
                foreach (TopExamples examples in (TopExamples[])[fused, dense])
                {
                    Assert.Equal(best.Length, examples.Of(latent, values, positions));
                    Assert.Equal(best.Select(position => column[position]), values.Take(best.Length));
                    Assert.Equal(best.Select(position => position + 1000L), positions.Take(best.Length));
                }
            }
        }
    }

    [Fact]
    public void TopK_RepeatedOnce_Warm_AllocatesNothing()
    {
        using Problem problem = new(100, 40, 600, seed: 9);
        using SparseEncoder encoder = new() { Screened = true };
        using SparseCodes codes = new();
        long allocated = long.MaxValue;
        ComputeThreads.For(1, 0, (_, _) =>
        {
            for (int round = 0; round < 4; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                encoder.Pack(problem.Weights, problem.Bias);
                encoder.TopK(problem.X, 8, codes);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void TopK_WrongWidthOrNegativeThreshold_IsRefused()
    {
        using Problem problem = new(2, 4, 6, seed: 1);
        using SparseEncoder encoder = new();
        using SparseCodes codes = new();
        encoder.Pack(problem.Weights, problem.Bias);
        using Tensor wide = Tensor.Zeros(new Shape(2, 5));
        Assert.Contains("width 4", Assert.Throws<ShapeException>(() => encoder.TopK(wide, 1, codes)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => encoder.Above(problem.X, -1, codes));
        Assert.Throws<ShapeException>(() => encoder.TopK(problem.X, 0, codes));
    }

    internal static void AssertRows(Problem problem, SparseCodes codes, Func<int, int[]> expected)
    {
        Assert.Equal(problem.X.Shape[0], codes.Rows);
        for (int row = 0; row < codes.Rows; row++)
        {
            int[] latents = expected(row);
            float[] z = problem.Dense(row);
            Assert.Equal(latents, codes.Indices[codes.Offsets[row]..codes.Offsets[row + 1]].ToArray());
            Assert.Equal(latents.Select(latent => z[latent]), codes.Values[codes.Offsets[row]..codes.Offsets[row + 1]].ToArray());
        }
    }
}
