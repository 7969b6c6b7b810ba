using Pellucid.Tensors.Kernels;
using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private const float Eps = 1e-2f;

    private static IEnumerable<OperationCase> Rows(int rows, int width)
    {
        int[] one = [rows, width], row = [width], column = [rows, 1], cube = [rows, 3, width];
        int[] targets = [.. Enumerable.Range(0, rows).Select(index => index * 2 % width)];
        yield return new("MultiplyRows", "MultiplyRows(2)", [one, column], (ops, x) => ops.MultiplyRows(x[0], x[1]), x => ByRow(x[0], x[1], (a, b) => a * b));
        yield return new("DivideRows", "DivideRows(2)", [one, column], (ops, x) => ops.DivideRows(x[0], x[1]), x => ByRow(x[0], x[1], (a, b) => a / b)) { Low = 0.5 };
        yield return new("DotRows", "DotRows(2)", [one, one], (ops, x) => ops.DotRows(x[0], x[1]), x => EachRow(Map(x[0], x[1], (a, b) => a * b), width, r => r.Sum()));
        yield return new("NormRows", "NormRows(1)", [one], (ops, x) => ops.NormRows(x[0]), x => EachRow(x[0], width, Length));
        yield return new("CosineRows", "CosineRows(3)", [one, one], (ops, x) => ops.CosineRows(x[0], x[1]), x =>
            [.. x[0].Chunk(width).Zip(x[1].Chunk(width), (a, b) => Dot(a, b) / Math.Max(1e-8, Length(a) * Length(b)))]);
        yield return new("RmsNorm", "RmsNorm(3)", [one, row], (ops, x) => ops.RmsNorm(x[0], x[1], Eps), x => Numbers.Rows(x[0], width, (r, to) => Reference.RmsNorm(r, x[1], to, Eps)));
        yield return new("RmsNormPlain", "RmsNorm(3)", [one], (ops, x) => ops.RmsNorm(x[0], null, Eps), x => Numbers.Rows(x[0], width, (r, to) => Reference.RmsNorm(r, default, to, Eps)));
        yield return new("RmsScale", "RmsScale(2)", [one], (ops, x) => ops.RmsScale(x[0], Eps), x => EachRow(x[0], width, r => Reference.RmsScale<double>(r, Eps)));
        yield return new("LayerNorm", "LayerNorm(4)", [one, row, row], (ops, x) => ops.LayerNorm(x[0], x[1], x[2], Eps), x => Numbers.Rows(x[0], width, (r, to) => Reference.LayerNorm(r, x[1], x[2], to, Eps)));
        yield return new("LayerNormPlain", "LayerNorm(4)", [one], (ops, x) => ops.LayerNorm(x[0], null, null, Eps), x => Numbers.Rows(x[0], width, (r, to) => Reference.LayerNorm(r, default, default, to, Eps)));
        yield return new("LayerScale", "LayerScale(2)", [one], (ops, x) => ops.LayerScale(x[0], Eps), x => EachRow(x[0], width, r => Reference.LayerScale<double>(r, Eps).Scale));
        yield return new("Center", "Center(1)", [one], (ops, x) => ops.Center(x[0]), x => Numbers.Rows(x[0], width, Centered));
        yield return new("Softmax", "Softmax(1)", [one], (ops, x) => ops.Softmax(x[0]), x => Numbers.Rows(x[0], width, (r, to) => Reference.Softmax<double>(r, to)));
        yield return new("LogSoftmax", "LogSoftmax(1)", [one], (ops, x) => ops.LogSoftmax(x[0]), x => Numbers.Rows(x[0], width, (r, to) => Reference.LogSoftmax<double>(r, to)));
        yield return new("CrossEntropy", "CrossEntropy(2)", [one], (ops, x) => ops.CrossEntropy(x[0], targets), x => [.. x[0].Chunk(width).Select((r, index) => Reference.CrossEntropy<double>(r, targets[index]))]);
        yield return new("Sum", "Sum(1)", [cube], (ops, x) => ops.Sum(x[0]), x => [x[0].Sum()]);
        yield return new("Mean", "Mean(1)", [cube], (ops, x) => ops.Mean(x[0]), x => [x[0].Average()]);
        for (int axis = 0; axis < 3; axis++)
        {
            int over = axis;
            yield return new($"Sum{axis}", "Sum(2)", [cube], (ops, x) => ops.Sum(x[0], over), x => [.. Lines(x[0], cube, over).Select(line => line.Sum())]);
            yield return new($"Mean{axis}", "Mean(2)", [cube], (ops, x) => ops.Mean(x[0], over), x => [.. Lines(x[0], cube, over).Select(line => line.Average())]);
            yield return new($"Max{axis}", "Max(Tensor,Int32)", [cube], (ops, x) => ops.Max(x[0], over), x => [.. Lines(x[0], cube, over).Select(line => line.Max())]);
        }
    }

    private static double Length(double[] row) => Math.Sqrt(row.Sum(value => value * value));

    private static void Centered(double[] row, Span<double> to) => Map(row, value => value - row.Average()).CopyTo(to);

    /// <summary>The values along one axis, for each index of the others.</summary>
    private static IEnumerable<double[]> Lines(double[] x, int[] shape, int axis) =>
        Enumerable.Range(0, x.Length).GroupBy(flat =>
        {
            int[] index = Index(flat, shape);
            index[axis] = 0;
            return Flat(shape, index);
        }).Select(group => group.Select(flat => x[flat]).ToArray());
}
