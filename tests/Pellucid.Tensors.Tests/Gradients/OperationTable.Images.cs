using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Gradients;

internal static partial class OperationTable
{
    /// <summary>Every operation, those on images too, whose numbers from PyTorch are in goldens/convolution.</summary>
    internal static IReadOnlyList<OperationCase> WithImages { get; } = [.. All, .. Images()];

    private static IEnumerable<OperationCase> Images()
    {
        int[] image = [2, 5, 4, 3], deep = [1, 3, 2, 17];
        Convolution2D plain = new() { Padding = new(1, 0, 2, 1), Stride = new(2, 1) }, relu = plain with { Relu = true, Dilation = new(1, 2), Padding = Padding2D.All(2) };
        ConvolutionShape shape = PackedConvolution.WithImages(PackedConvolution.ShapeOf(new Shape(4, 3, 3, 2), null, plain), new Shape(image));
        yield return new("Convolve", "Convolve(4)", [image, [4, 3, 3, 2], [4]], (ops, x) => ops.Convolve(x[0], x[1], x[2], plain), x => Convolved(x, shape, false));
        ConvolutionShape dilated = shape with { Dilation = relu.Dilation, Padding = relu.Padding };
        yield return new("ConvolveRelu", "Convolve(4)", [image, [4, 3, 3, 2], [4]], (ops, x) => ops.Convolve(x[0], x[1], x[2], relu), x => Convolved(x, dilated, true));
        Convolution2D depthwise = plain with { Groups = 3 };
        ConvolutionShape single = shape with { Groups = 3, Outputs = 3 };
        yield return new("ConvolveDepthwise", "Convolve(4)", [image, [3, 1, 3, 2], [3]], (ops, x) => ops.Convolve(x[0], x[1], x[2], depthwise), x => Convolved(x, single, false));
        Tensor weight = Operations.ConvolutionGoldens.Values(5, 1, 4, 3, 3, 2);
        PackedConvolution packed = PackedConvolution.Pack(weight, null, relu);
        double[] weights = [.. weight.ToArray()];
        yield return new("ConvolvePacked", "Convolve(2)", [image], (ops, x) => ops.Convolve(x[0], packed), x => Convolved([x[0], weights, new double[4]], dilated, true));

        Pooling2D windows = new() { Kernel = 3, Stride = 2, Padding = Padding2D.All(1), CountIncludesPadding = false };
        PoolShape pool = PoolShape.Of(image[0], image[1], image[2], image[3], windows);
        yield return new("MaxPool", "MaxPool(2)", [image], (ops, x) => ops.MaxPool(x[0], windows), x => Pooled(x[0], pool, true));
        yield return new("AveragePool", "AveragePool(2)", [image], (ops, x) => ops.AveragePool(x[0], windows), x => Pooled(x[0], pool, false));
        yield return new("GlobalAveragePool", "GlobalAveragePool(1)", [image], (ops, x) => ops.GlobalAveragePool(x[0]), x =>
            Filled(6, to => Enumerable.Range(0, 20).Average(place => x[0][(to / 3 * 60) + (place * 3) + (to % 3)])));
        yield return new("Affine", "Affine(3)", [image, [3], [3]], (ops, x) => ops.Affine(x[0], x[1], x[2]), x => Filled(120, to => (x[0][to] * x[1][to % 3]) + x[2][to % 3]));
        yield return new("Pad", "Pad(3)", [image], (ops, x) => ops.Pad(x[0], new Padding2D(0, 1, 2, 0), 3), x =>
            Filled(2 * 7 * 5 * 3, to => to / 3 % 5 > 0 && to / 15 % 7 < 5 ? x[0][(((((to / 105) * 5) + (to / 15 % 7)) * 4) + (to / 3 % 5) - 1) * 3 + (to % 3)] : 3));
        yield return new("ConcatenateChannels", "ConcatenateChannels(1)", [image, [2, 5, 4, 2]], (ops, x) => ops.ConcatenateChannels(x), x =>
            Filled(200, to => to % 5 < 3 ? x[0][(to / 5 * 3) + (to % 5)] : x[1][(to / 5 * 2) + (to % 5) - 3]));
        yield return new("LocalResponseNorm", "LocalResponseNorm(5)", [deep], (ops, x) => ops.LocalResponseNorm(x[0], 4, 0.5f, 0.75f, 1), x => Responses(x[0], 17, 4, 0.5, 0.75, 1));
        yield return new("LocalResponseNormOther", "LocalResponseNorm(5)", [deep], (ops, x) => ops.LocalResponseNorm(x[0], 3, 1, 0.5f, 2), x => Responses(x[0], 17, 3, 1, 0.5, 2));
        yield return new("ToChannelsFirst", "ToChannelsFirst(1)", [image], (ops, x) => ops.ToChannelsFirst(x[0]), x => Filled(120, to => x[0][(to / 60 * 60) + (to % 20 * 3) + (to / 20 % 3)]));
        yield return new("ToChannelsLast", "ToChannelsLast(1)", [image], (ops, x) => ops.ToChannelsLast(x[0]), x => Filled(120, to => x[0][(to / 60 * 60) + (to % 5 * 12) + (to / 5 % 12)]));
        foreach (ResizeGrid grid in Enum.GetValues<ResizeGrid>())
        {
            foreach (ResizeMethod method in Enum.GetValues<ResizeMethod>())
            {
                yield return new($"Resize{method}{grid}", "Resize(4)", [image], (ops, x) => ops.Resize(x[0], new(3, 7), method, grid), x => Resized(x[0], method, grid));
            }
        }
    }

    private static double[] Filled(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];

    private static double[] Convolved(double[][] x, ConvolutionShape shape, bool relu)
    {
        double[] y = new double[shape.Batch * shape.OutHeight * shape.OutWidth * shape.Outputs];
        Reference.Convolution<double>(x[0], x[1], x[2], shape, y);
        return relu ? [.. y.Select(value => Math.Max(0, value))] : y;
    }

    private static double[] Pooled(double[] x, PoolShape shape, bool maximum)
    {
        double[] y = new double[shape.Batch * shape.OutHeight * shape.OutWidth * shape.Channels];
        Reference.Pool<double>(x, shape, maximum, false, y, [], []);
        return y;
    }

    private static double[] Responses(double[] x, int width, int size, double alpha, double beta, double k) => Filled(x.Length, to =>
    {
        int start = to / width * width, first = Math.Max(start, to - (size / 2)), last = Math.Min(start + width - 1, to + ((size - 1) / 2));
        double sum = Enumerable.Range(first, last - first + 1).Sum(from => x[from] * x[from]);
        return x[to] / Math.Pow(k + (alpha / size * sum), beta);
    });

    /// <summary>[2, 5, 4, 3] made [2, 3, 7, 3].</summary>
    private static double[] Resized(double[] x, ResizeMethod method, ResizeGrid grid) => Filled(2 * 3 * 7 * 3, to =>
    {
        ResizeTap row = ResizeTap.Of(to / 21 % 3, 5, 3, method, grid), column = ResizeTap.Of(to / 3 % 7, 4, 7, method, grid);
        double At(int y, int u) => x[(((((to / 63) * 5) + y) * 4) + u) * 3 + (to % 3)];
        double upper = (At(row.Lower, column.Lower) * (1 - (double)column.Weight)) + (At(row.Lower, column.Upper) * column.Weight);
        double lower = (At(row.Upper, column.Lower) * (1 - (double)column.Weight)) + (At(row.Upper, column.Upper) * column.Weight);
        return (upper * (1 - (double)row.Weight)) + (lower * row.Weight);
    });
}
