using Pellucid.Tensors.Kernels;
using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private const float Bandwidth = 0.75f;

    private static IEnumerable<OperationCase> Choices(int rows, int width)
    {
        int[] one = [rows, width], row = [width], columns = [0, width - 1, width / 2, 0];
        int k = (width + 1) / 2;
        bool[] flags = [.. Enumerable.Range(0, rows).Select(index => index % 2 == 0)];
        int[] places = [.. Enumerable.Range(0, rows * 3).Select(index => index * 7 % width)];
        int[] indices = [.. Enumerable.Range(0, 4).Select(index => index * 3 % rows)];
        yield return new("SelectRows", "SelectRows(3)", [one, one], (ops, x) => ops.SelectRows(x[0], x[1], flags), x => Where(x[0], one, (a, at) => flags[at[0]] ? x[1][Flat(one, at)] : a));
        yield return new("SelectColumns", "SelectColumns(3)", [one, one], (ops, x) => ops.SelectColumns(x[0], x[1], columns), x => Where(x[0], one, (a, at) => columns.Contains(at[1]) ? x[1][Flat(one, at)] : a));
        yield return new("Gather", "Gather(3)", [one], (ops, x) => ops.Gather(x[0], indices, new Shape(2, 2)), x => At([4, width], at => x[0][Flat(one, indices[at[0]], at[1])]));
        yield return new("GatherColumns", "GatherColumns(2)", [one], (ops, x) => ops.GatherColumns(x[0], columns), x => At([rows, 4], at => x[0][Flat(one, at[0], columns[at[1]])]));
        yield return new("GatherPlaces", "GatherPlaces(2)", [one], (ops, x) => ops.GatherPlaces(x[0], Indices(ops, places, rows)), x => At([rows, 3], at => x[0][Flat(one, at[0], places[Flat([rows, 3], at)])]));
        yield return new("ScatterPlaces", "ScatterPlaces(3)", [[rows, 3]], (ops, x) => ops.ScatterPlaces(x[0], Indices(ops, places, rows), width), x => At(one, at =>
            Enumerable.Range(0, 3).Sum(i => places[(at[0] * 3) + i] == at[1] ? x[0][(at[0] * 3) + i] : 0)));
        yield return new("TopK", "TopK(2)", [one], (ops, x) => ops.TopK(x[0], k).Values, x => [.. x[0].Chunk(width).SelectMany(r => r.OrderDescending().Take(k))]);
        yield return new("KeepTopK", "KeepTopK(2)", [one], (ops, x) => ops.KeepTopK(x[0], k), x => Numbers.Rows(x[0], width, (r, to) =>
        {
            foreach (int index in Reference.TopK<double>(r, k))
            {
                to[index] = r[index];
            }
        }));
        yield return new("JumpRelu", "JumpRelu(3)", [one, row], (ops, x) => ops.JumpRelu(x[0], x[1], Bandwidth), x => Map(x[0], x[1], (a, t) => a > t ? a : 0))
        {
            Estimate = (x, seed) =>
                [Map(Map(x[0], x[1], (a, t) => a > t ? 1 : 0), seed, (open, s) => open * s), Around(x, seed, width, t => t)],
        };
        yield return new("Step", "Step(3)", [one, row], (ops, x) => ops.Step(x[0], x[1], Bandwidth), x => Map(x[0], x[1], (a, t) => a > t ? 1 : 0))
        {
            Constants = [0],
            Estimate = (x, seed) => [new double[x[0].Length], Around(x, seed, width, _ => 1)],
        };
    }

    /// <summary>−(f(θ)/ε) for each x within ε/2 of its threshold θ, weighed and summed over rows.</summary>
    private static double[] Around(double[][] x, double[] seed, int width, Func<double, double> factor) =>
        [.. x[1].Select((threshold, column) => Enumerable.Range(0, x[0].Length / width)
            .Select(r => (r * width) + column)
            .Where(at => Math.Abs(x[0][at] - threshold) < Bandwidth / 2)
            .Sum(at => -factor(threshold) / Bandwidth * seed[at]))];

    private static Tensor Indices(Ops ops, int[] places, int rows) => ops.Own(Tensor.From<int>(places, new Shape(rows, places.Length / rows)));
}
