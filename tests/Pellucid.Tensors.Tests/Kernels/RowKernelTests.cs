using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class RowKernelTests
{
    private static readonly (int Rows, int Width)[] Shapes = [(1, 1), (2, 3), (3, 8), (4, 17), (7, 31), (5, 48), (3, 100), (300, 65),
        (2, 5003)];

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void SoftmaxAndLogSoftmax_EveryShape_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            Guarded x = Guarded.Random(rows * width, width, 10), y = new(rows * width);
            double[] expected = ByRow(x, width, (row, to) => Reference.Softmax<double>(row, to));
            Softmax.Rows(x.Pointer, y.Pointer, rows, width);

            // The difference to the maximum, 20 at most, rounds to 1e-6 absolute, which exp makes relative; a sum of 5003 / 4 terms adds
            // as much again.
            y.AssertClose(expected, 4e-6, 0);
            expected = ByRow(x, width, (row, to) => Reference.LogSoftmax<double>(row, to));
            Softmax.LogRows(x.Pointer, y.Pointer, rows, width);
            y.AssertClose(expected, 3e-7, 3e-6);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Softmax_MaskedRows_GiveExactZerosOrNaN(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const float Masked = float.NegativeInfinity;
        Guarded x = new([1f, Masked, 1f, Masked, Masked, Masked, 0f, float.NaN, 0f]), y = new(9);
        Softmax.Rows(x.Pointer, y.Pointer, 3, 3);
        Assert.Equal([0.5f, 0, 0.5f, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN], y.Span.ToArray());
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void CausalSoftmax_WithOffset_MatchesReferenceAndIsZeroBeyond(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int outer, int queries, int keys, int offset) in new[] { (1, 1, 1, 0), (2, 5, 9, 4), (3, 17, 17, 0), (2, 3, 40, 10),
            (2, 6, 4, 0) })
        {
            Guarded x = Guarded.Random(outer * queries * keys, keys, 5), y = new(outer * queries * keys);
            x.Span[^1] = keys > offset + queries ? float.NaN : x.Span[^1]; // what is not seen must not matter
            double[] expected = new double[x.Length];
            for (int row = 0; row < outer * queries; row++)
            {
                int seen = Math.Min(keys, offset + (row % queries) + 1);
                Reference.Softmax<double>(x.Doubles.AsSpan(row * keys, seen), expected.AsSpan(row * keys, seen));
            }

            Softmax.Seen(x.Pointer, y.Pointer, outer * queries, new SeenKeys { Queries = queries, Keys = keys, Offset = offset, Causal = true });
            y.AssertClose(expected, 2e-6, 0);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void CrossEntropy_EveryShape_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            Guarded x = Guarded.Random(rows * width, width, 8), losses = new(rows);
            int[] targets = [.. Enumerable.Range(0, rows).Select(row => row % 5 == 4 ? -1 : (row * 7919) % width)];
            fixed (int* target = targets)
            {
                Softmax.CrossEntropy(x.Pointer, target, losses.Pointer, rows, width);
            }

            double[][] each = [.. x.Doubles.Chunk(width)];
            losses.AssertClose([.. targets.Select((target, row) => Reference.CrossEntropy<double>(each[row], target))], 3e-7, 3e-6);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Norms_EveryShape_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const float Eps = 1e-5f;
        foreach ((int rows, int width) in Shapes)
        {
            // Values around 3 check that the variance is not a difference of large sums. Tolerances: a handful of roundings at that size.
            Guarded x = Guarded.Random(rows * width, width), weight = Guarded.Random(width, 5), bias = Guarded.Random(width, 6),
                y = new(rows * width);
            Elementwise.AddScalar(x.Pointer, 3, x.Pointer, x.Length);
            double[] w = weight.Doubles, b = bias.Doubles;
            Normalization.RmsNorm(x.Pointer, weight.Pointer, y.Pointer, rows, width, Eps);
            y.AssertClose(ByRow(x, width, (row, to) => Reference.RmsNorm(row, w, to, Eps)), 1e-6, 0);
            Normalization.RmsNorm(x.Pointer, null, y.Pointer, rows, width, Eps);
            y.AssertClose(ByRow(x, width, (row, to) => Reference.RmsNorm(row, default, to, Eps)), 1e-6, 0);
            Normalization.LayerNorm(x.Pointer, weight.Pointer, bias.Pointer, y.Pointer, rows, width, Eps);
            y.AssertClose(ByRow(x, width, (row, to) => Reference.LayerNorm(row, w, b, to, Eps)), 2e-6, 1e-5);
            Normalization.LayerNorm(x.Pointer, null, null, y.Pointer, rows, width, Eps);
            y.AssertClose(ByRow(x, width, (row, to) => Reference.LayerNorm(row, default, default, to, Eps)), 2e-6, 1e-5);

            Guarded scale = new(rows), mean = new(rows);
            double[][] each = [.. x.Doubles.Chunk(width)];
            Normalization.RmsScale(x.Pointer, scale.Pointer, rows, width, Eps);
            scale.AssertClose([.. each.Select(row => Reference.RmsScale<double>(row, Eps))], 1e-6, 0);
            Normalization.LayerScale(x.Pointer, mean.Pointer, scale.Pointer, rows, width, Eps);
            scale.AssertClose([.. each.Select(row => Reference.LayerScale<double>(row, Eps).Scale)], 2e-6, 1e-6);
            mean.AssertClose([.. each.Select(row => Reference.LayerScale<double>(row, Eps).Mean)], 1e-6, 0);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void TopK_ValuesWithTies_GivesLowerIndexFirst(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(3);
        foreach (int width in new[] { 1, 2, 5, 16, 33, 100, 1027 })
        {
            foreach (int count in new[] { 1, 2, width / 2, Math.Min(32, width), width })
            {
                if (count is 0 || count > width)
                {
                    continue;
                }

                const int Rows = 6;
                Guarded x = new(Rows * width), values = new(Rows * count);
                for (int index = 0; index < x.Length; index++)
                {
                    // Rows 0..2 have many ties, the last one NaN too.
                    x.Span[index] = index < 3 * width ? random.Next(-4, 5) : (float)random.NextDouble();
                    x.Span[index] = index >= 5 * width && random.Next(4) == 0 ? float.NaN : x.Span[index];
                }

                int[] indices = new int[Rows * count], best = new int[Rows];
                fixed (int* places = indices, first = best)
                {
                    Selection.TopK(x.Pointer, count, values.Pointer, places, Rows, width);
                    Selection.ArgMax(x.Pointer, first, Rows, width);
                }

                values.AssertGuards();
                for (int row = 0; row < Rows; row++)
                {
                    int[] expected = Reference.TopK<float>(x.Span.Slice(row * width, width), count);
                    Assert.Equal(expected, indices[(row * count)..((row + 1) * count)]);
                    Assert.Equal(expected.Select(index => x.Span[(row * width) + index]), values.Span.Slice(row * count, count).ToArray());
                    Assert.Equal(float.IsNaN(values.Span[row * count]) ? 0 : expected[0], best[row]);
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void RowsAndSums_AnyThreadCount_GiveTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Rows = 301, Width = 333;
        Guarded x = Guarded.Random(Rows * Width, 1, 5);
        List<float[]> results = [];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded y = new(x.Length);
            Softmax.Rows(x.Pointer, y.Pointer, Rows, Width);
            Normalization.LayerNorm(y.Pointer, null, null, y.Pointer, Rows, Width, 1e-5f);
            Elementwise.Gelu(y.Pointer, y.Pointer, y.Length);
            float[] result = [.. y.Span, (float)Reductions.SumOfSquares(y.Pointer, y.Length)];
            results.Add(result);
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private static double[] ByRow(Guarded x, int width, Action<double[], Span<double>> reference)
    {
        double[] from = x.Doubles;
        double[] to = new double[from.Length];
        for (int row = 0; row < from.Length; row += width)
        {
            reference(from[row..(row + width)], to.AsSpan(row, width));
        }

        return to;
    }
}
