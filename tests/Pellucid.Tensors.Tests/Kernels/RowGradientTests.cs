using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class RowGradientTests
{
    private const float Eps = 1e-5f;

    private static readonly (int Rows, int Width)[] Shapes = [(1, 1), (2, 3), (3, 8), (4, 17), (7, 31), (5, 48), (3, 100), (300, 65),
        (2, 5003), (0, 4), (3001, 1)];

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void SoftmaxGradients_EveryShape_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            // Values up to 1, their sum over a row up to sqrt(width); logarithms of probabilities up to 20.
            Guarded x = Guarded.Random(rows * width, width, 10), y = new(x.Length), dy = Guarded.Random(x.Length, 3), dx = new(x.Length);
            Softmax.Rows(x.Pointer, y.Pointer, rows, width);
            Softmax.RowsGradient(y.Pointer, dy.Pointer, dx.Pointer, rows, width);
            dx.AssertClose(ByRow(y, dy, width, Reference.SoftmaxGradient), 2e-6, 1e-6);
            Softmax.LogRows(x.Pointer, y.Pointer, rows, width);
            Softmax.LogRowsGradient(y.Pointer, dy.Pointer, dx.Pointer, rows, width);
            dx.AssertClose(ByRow(y, dy, width, Reference.LogSoftmaxGradient), 2e-6, 1e-6);

            int[] targets = [.. Enumerable.Range(0, rows).Select(row => row % 5 == 4 ? -1 : (row * 7919) % width)];
            Guarded dLosses = Guarded.Random(rows, 9);
            double[] logits = x.Doubles, expected = new double[x.Length];
            for (int row = 0; row < rows; row++)
            {
                Reference.CrossEntropyGradient(
                    logits.AsSpan(row * width, width), targets[row], dLosses.Span[row], expected.AsSpan(row * width, width));
            }

            fixed (int* target = targets)
            {
                Softmax.CrossEntropyGradient(x.Pointer, target, dLosses.Pointer, dx.Pointer, rows, width);
                dx.AssertClose(expected, 4e-6, 3e-7); // the target's own is a difference of numbers up to 1
                Softmax.CrossEntropyGradient(x.Pointer, target, dLosses.Pointer, x.Pointer, rows, width);
                Assert.True(x.Span.SequenceEqual(dx.Span), "in place");
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void CausalGradient_WithOffset_MatchesReferenceAndIsZeroBeyond(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int outer, int queries, int keys, int offset) in new[] { (1, 1, 1, 0), (2, 5, 9, 4), (3, 17, 17, 0), (2, 3, 40, 10) })
        {
            Guarded x = Guarded.Random(outer * queries * keys, keys, 5), y = new(x.Length), dy = Guarded.Random(x.Length, 1), dx = new(x.Length);
            SeenKeys seen = new() { Queries = queries, Keys = keys, Offset = offset, Causal = true };
            Softmax.Seen(x.Pointer, y.Pointer, outer * queries, seen);
            double[] expected = ByRow(y, dy, keys, Reference.SoftmaxGradient);
            dy.Span[^1] = keys > offset + queries ? float.NaN : dy.Span[^1];
            Softmax.SeenGradient(y.Pointer, dy.Pointer, dx.Pointer, outer * queries, seen);
            dx.AssertClose(expected, 2e-6, 1e-6);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void NormGradients_EveryShape_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            if (width < 2)
            {
                continue; // a row of one has no variance: its gradient is 0 times 1/√eps, which is rounding alone
            }

            Guarded x = Guarded.Random(rows * width, width), weight = Guarded.Random(width, 5), dy = Guarded.Random(x.Length, 8),
                dx = new(x.Length), dWeight = new(width), dBias = new(width);
            double[] weights = weight.Doubles, gradients = new double[width], sums = new double[width];

            // Rows of a few elements may lie close together, so that 1 / scale is some ten; sums over rows err by their square root.
            double many = 1e-6 * (1 + Math.Sqrt(rows));
            Normalization.LayerNormGradient(
                x.Pointer, weight.Pointer, dy.Pointer, dx.Pointer, dWeight.Pointer, dBias.Pointer, rows, width, Eps);
            dx.AssertClose(Norm(x, weights, dy, width, gradients, sums, center: true), 2e-5, 2e-5);
            dWeight.AssertClose(gradients, 4e-6, 4 * many);
            dBias.AssertClose(sums, 2e-6, many);
            Normalization.RmsNormGradient(x.Pointer, weight.Pointer, dy.Pointer, dx.Pointer, dWeight.Pointer, rows, width, Eps);
            dx.AssertClose(Norm(x, weights, dy, width, gradients, sums, center: false), 4e-6, 4e-6);
            dWeight.AssertClose(gradients, 4e-6, 4 * many);
            double[] plain = Norm(x, [], dy, width, gradients, sums, center: true);
            Normalization.LayerNormGradient(x.Pointer, null, dy.Pointer, dy.Pointer, null, null, rows, width, Eps);
            dy.AssertClose(plain, 2e-5, 2e-5);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void ScaleGradients_AndCenter_MatchTheirFormulas(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            Guarded x = Guarded.Random(rows * width, width, 3), dx = new(x.Length), dScale = Guarded.Random(rows, 2), dMean = Guarded.Random(rows, 3);
            Guarded scale = new(rows), mean = new(rows);
            Normalization.RmsScale(x.Pointer, scale.Pointer, rows, width, 0.1f);
            Normalization.RmsScaleGradient(x.Pointer, scale.Pointer, dScale.Pointer, dx.Pointer, rows, width);
            dx.AssertClose([.. x.Doubles.Select((value, at) => value * dScale.Span[at / width] / scale.Span[at / width] / width)], 1e-6, 0);
            Normalization.LayerScale(x.Pointer, mean.Pointer, scale.Pointer, rows, width, 0.1f);
            Normalization.LayerScaleGradient(
                x.Pointer, mean.Pointer, scale.Pointer, dScale.Pointer, dMean.Pointer, dx.Pointer, rows, width);
            double[] expected = [.. x.Doubles.Select((value, at) => (((value - mean.Span[at / width]) * dScale.Span[at / width]
                / scale.Span[at / width]) + dMean.Span[at / width]) / width)];
            dx.AssertClose(expected, 2e-6, 1e-6 / width);
            Normalization.Center(x.Pointer, dx.Pointer, rows, width);
            dx.AssertClose([.. x.Doubles.Chunk(width).SelectMany(row => Centered(row))], 1e-6, 2e-6);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void SumsAndDots_EveryShape_MatchPlainSums(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width) in Shapes)
        {
            Guarded x = Guarded.Random(rows * width, width), y = Guarded.Random(x.Length, 3), byRow = new(rows), byColumn = Guarded.Random(width, 4);
            double[] xs = x.Doubles, ys = y.Doubles, products = [.. xs.Zip(ys, (left, right) => left * right)];
            double tolerance = 1e-6 * (1 + Math.Sqrt(Math.Max(rows, width)));
            RowReductions.Sums(x.Pointer, byRow.Pointer, rows, width, 0.5f);
            byRow.AssertClose([.. xs.Chunk(width).Select(row => row.Sum() / 2)], 0, tolerance);
            RowReductions.Dots(x.Pointer, y.Pointer, byRow.Pointer, rows, width);
            byRow.AssertClose([.. products.Chunk(width).Select(row => row.Sum())], 0, tolerance);
            double[] before = byColumn.Doubles;
            RowReductions.ColumnSums(x.Pointer, byColumn.Pointer, rows, width, accumulate: true);
            byColumn.AssertClose([.. before.Select((value, column) => value + Column(xs, width, column))], 0, tolerance);
            RowReductions.ColumnDots(x.Pointer, y.Pointer, byColumn.Pointer, rows, width);
            byColumn.AssertClose([.. before.Select((_, column) => Column(products, width, column))], 0, tolerance);

            Guarded divisors = new([.. Enumerable.Range(1, rows).Select(row => row + 0.5f)]);
            RowReductions.DivisorGradient(x.Pointer, y.Pointer, divisors.Pointer, byRow.Pointer, rows, width);
            byRow.AssertClose([.. products.Chunk(width).Select((row, at) => -row.Sum() / (at + 1.5))], 0, tolerance);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void AxisReductions_EveryShape_MatchPlainLoops(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int outer, int axis, int inner) in new[] { (1, 1, 1), (2, 5, 1), (3, 4, 7), (1, 33, 65), (70, 3, 129), (2, 2000, 17) })
        {
            Guarded x = Guarded.Random(outer * axis * inner, axis), y = new(outer * inner), dx = new(x.Length), dy = Guarded.Random(y.Length, 2);
            if (axis == 4)
            {
                (x.Span[0], x.Span[inner]) = (2, 2); // ties: the first counts
                (x.Span[1], x.Span[inner + 1]) = (float.NaN, 9);
            }

            double[] all = x.Doubles;
            double[][] lines = [.. Enumerable.Range(0, outer * inner).Select(at => Enumerable.Range(0, axis)
                .Select(index => all[(((at / inner * axis) + index) * inner) + (at % inner)]).ToArray())];
            AxisReductions.Sum(x.Pointer, y.Pointer, outer, axis, inner, 1f / axis);
            y.AssertClose([.. lines.Select(line => line.Average())], 0, 1e-6);
            int[] places = [.. lines.Select(line => line.Any(double.IsNaN) ? Array.FindIndex(line, double.IsNaN) : Array.IndexOf(line, line.Max()))];
            int[] indices = new int[y.Length];
            fixed (int* at = indices)
            {
                AxisReductions.Max(x.Pointer, y.Pointer, at, outer, axis, inner);
                AxisReductions.MaxGradient(dy.Pointer, at, dx.Pointer, outer, axis, inner);
            }

            Assert.Equal(places, indices);
            y.AssertClose([.. lines.Select((line, at) => line[places[at]])], 0, 0);
            double[] Spread(Func<int, int, double> value) => [.. Enumerable.Range(0, x.Length).Select(
                at => value((at / inner / axis * inner) + (at % inner), at / inner % axis))];
            dx.AssertClose(Spread((at, index) => places[at] == index ? dy.Span[at] : 0), 0, 0);
            AxisReductions.SumGradient(dy.Pointer, dx.Pointer, outer, axis, inner, 0.25f);
            dx.AssertClose(Spread((at, _) => dy.Span[at] * 0.25), 0, 0);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void ScatterAdd_RepeatedRows_AddsEach(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (int width in new[] { 1, 7, 64, 65, 300 })
        {
            const int Count = 200, Rows = 9;
            Guarded x = Guarded.Random(Count * width, 1), table = Guarded.Random(Rows * width, 2);
            int[] indices = [.. Enumerable.Range(0, Count).Select(index => (index * 31) % (Rows - 1))];
            double[] expected = table.Doubles;
            for (int at = 0; at < x.Length; at++)
            {
                expected[(indices[at / width] * width) + (at % width)] += x.Span[at];
            }

            fixed (int* rows = indices)
            {
                RowScatter.Add(x.Pointer, rows, table.Pointer, Count, width);
            }

            table.AssertClose(expected, 0, 1e-5); // 25 additions of numbers below 1
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Gradients_AnyThreadCount_GiveTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Rows = 901, Width = 333;
        Guarded x = Guarded.Random(Rows * Width, 1, 5), dy = Guarded.Random(x.Length, 2);
        List<float[]> results = [];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded dx = new(x.Length), dWeight = new(Width), dBias = new(Width), sums = new(Width);
            Normalization.LayerNormGradient(x.Pointer, null, dy.Pointer, dx.Pointer, dWeight.Pointer, dBias.Pointer, Rows, Width, Eps);
            RowReductions.ColumnDots(x.Pointer, dx.Pointer, sums.Pointer, Rows, Width);
            float[] result = [.. dx.Span, .. dWeight.Span, .. dBias.Span, .. sums.Span];
            results.Add(result);
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private delegate void RowGradient(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx);

    private static double[] Centered(double[] row)
    {
        double mean = row.Average();
        return [.. row.Select(value => value - mean)];
    }

    private static double Column(double[] values, int width, int column) => values.Where((_, at) => at % width == column).Sum();

    private static double[] ByRow(Guarded y, Guarded dy, int width, RowGradient gradient)
    {
        double[] from = y.Doubles, upper = dy.Doubles, to = new double[from.Length];
        for (int row = 0; row < from.Length; row += width)
        {
            gradient(from.AsSpan(row, width), upper.AsSpan(row, width), to.AsSpan(row, width));
        }

        return to;
    }

    private static double[] Norm(Guarded x, double[] weight, Guarded dy, int width, double[] dWeight, double[] dBias, bool center)
    {
        dWeight.AsSpan().Clear();
        dBias.AsSpan().Clear();
        return ByRow(x, dy, width, (row, upper, to) => Reference.NormGradient(row, weight, upper, to, dWeight, dBias, Eps, center));
    }
}
