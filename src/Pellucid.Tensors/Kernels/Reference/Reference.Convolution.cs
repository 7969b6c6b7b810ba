using System.Numerics;

namespace Pellucid.Tensors.Kernels;

internal static partial class Reference
{
    /// <summary>
    /// y [batch, row, column, output] = windows of x [batch, row, column, input] by w [output, input of the group, row, column] (+ bias).
    /// </summary>
    internal static void Convolution<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, in ConvolutionShape shape, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        for (int to = 0; to < y.Length; to++)
        {
            y[to] = bias.IsEmpty ? T.Zero : bias[to % shape.Outputs];
        }

        foreach ((int from, int weight, int to) in Terms(shape))
        {
            y[to] += x[from] * w[weight];
        }
    }

    /// <summary>Gradients of Σ y · dy to x and w, which are added to.</summary>
    internal static void ConvolutionGradient<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> dy, in ConvolutionShape shape, Span<T> dx, Span<T> dw)
        where T : IFloatingPointIeee754<T>
    {
        foreach ((int from, int weight, int to) in Terms(shape))
        {
            dx[from] += dy[to] * w[weight];
            dw[weight] += dy[to] * x[from];
        }
    }

    /// <summary>Every product of a convolution, by the definition: which input, which weight, which output.</summary>
    private static IEnumerable<(int Input, int Weight, int Output)> Terms(ConvolutionShape shape)
    {
        int output = 0;
        for (int batch = 0; batch < shape.Batch; batch++)
        {
            for (int row = 0; row < shape.OutHeight; row++)
            {
                for (int column = 0; column < shape.OutWidth; column++)
                {
                    for (int n = 0; n < shape.Outputs; n++, output++)
                    {
                        int group = n / shape.GroupOutputs;
                        for (int c = 0; c < shape.GroupInputs; c++)
                        {
                            for (int ky = 0; ky < shape.Kernel.Height; ky++)
                            {
                                for (int kx = 0; kx < shape.Kernel.Width; kx++)
                                {
                                    int y = (row * shape.Stride.Height) + (ky * shape.Dilation.Height) - shape.Padding.Top;
                                    int x = (column * shape.Stride.Width) + (kx * shape.Dilation.Width) - shape.Padding.Left;
                                    if (y >= 0 && y < shape.Height && x >= 0 && x < shape.Width)
                                    {
                                        int from = (((((batch * shape.Height) + y) * shape.Width) + x) * shape.Inputs) + (group * shape.GroupInputs) + c;
                                        int weight = (((((n * shape.GroupInputs) + c) * shape.Kernel.Height) + ky) * shape.Kernel.Width) + kx;
                                        yield return (from, weight, output);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
