using static Pellucid.Tensors.Tests.Gradients.Numbers;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    private static IEnumerable<OperationCase> Views()
    {
        int[] cube = [3, 5, 7], turned = [7, 3, 5], corner = [2, 5, 3], scores = [2, 3, 4, 5];
        yield return new("Reshape", "Reshape(2)", [cube], (ops, x) => ops.Reshape(x[0], new Shape(15, 7)), x => x[0]);
        yield return new("Transpose", "Transpose(2)", [cube], (ops, x) => ops.Transpose(x[0], 2, 0, 1), x => At(turned, at => x[0][Flat(cube, at[1], at[2], at[0])]));
        yield return new("Broadcast", "Broadcast(2)", [[5, 7]], (ops, x) => ops.Broadcast(x[0], new Shape(cube)), x => At(cube, at => x[0][Flat([5, 7], at[1], at[2])]));
        for (int axis = 0; axis < 3; axis++)
        {
            int along = axis;
            int[] part = [.. cube.Select((size, index) => index == along ? 2 : size)], joined = [.. cube.Select((size, index) => index == along ? size + 2 : size)];
            yield return new($"Slice{axis}", "Slice(4)", [cube], (ops, x) => ops.Slice(x[0], along, 1, 2), x => At(part, at => x[0][Flat(cube, Moved(at, along, 1))]));
            yield return new($"Concat{axis}", "Concat(2)", [cube, part], (ops, x) => ops.Concat(along, x[0], x[1]), x => At(joined, at =>
                at[along] < cube[along] ? x[0][Flat(cube, at)] : x[1][Flat(part, Moved(at, along, -cube[along]))]));
        }

        yield return new("ConcatMany", "Concat(2)", [.. Enumerable.Repeat<int[]>([2, 3], 9)], (ops, x) => ops.Concat(0, x), x => [.. x.SelectMany(values => values)]);
        yield return new("Overlay", "Overlay(2)", [cube, corner], (ops, x) => ops.Overlay(x[0], x[1]), x => Where(x[0], cube, (a, at) =>
            at.Zip(corner, (index, size) => index < size).All(inside => inside) ? x[1][Flat(corner, at)] : a));
        yield return new("SelectSeen", "SelectSeen(2)", [scores, scores], (ops, x) => ops.SelectSeen(x[0], x[1]), x => Where(x[0], scores, (a, at) =>
            at[3] <= at[2] + 1 ? a : x[1][Flat(scores, at)]));
    }

    private static int[] Moved(int[] at, int axis, int by) => [.. at.Select((index, one) => one == axis ? index + by : index)];
}
