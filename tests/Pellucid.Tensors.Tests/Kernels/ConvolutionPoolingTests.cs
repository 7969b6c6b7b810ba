using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class ConvolutionPoolingTests
{
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Pool_GeneratedShapes_MatchesReferenceWithItsGradient(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(3);
        for (int trial = 0; trial < 150; trial++)
        {
            Size2D kernel = new(random.Next(1, 5), random.Next(1, 5));
            Pooling2D options = new()
            {
                Kernel = kernel,
                Stride = new(random.Next(1, 5), random.Next(1, 5)),
                Padding = new(random.Next(0, (kernel.Height / 2) + 1), random.Next(0, (kernel.Width / 2) + 1), random.Next(0, (kernel.Height / 2) + 1), random.Next(0, (kernel.Width / 2) + 1)),
                CeilingMode = random.Next(2) == 0,
                CountIncludesPadding = random.Next(2) == 0,
            };
            Check(PoolShape.Of(random.Next(1, 4), random.Next(4, 30), random.Next(4, 20), random.Next(1, 40), options), options, trial);
        }
    }

    private static void Check(PoolShape shape, Pooling2D options, int seed)
    {
        int inputs = shape.Batch * shape.Height * shape.Width * shape.Channels, outputs = shape.Batch * shape.OutHeight * shape.OutWidth * shape.Channels;
        Guarded x = Guarded.Random(inputs, seed), dy = Guarded.Random(outputs, seed + 1), y = new(outputs), dx = new(inputs);
        foreach (ref float value in x.Span)
        {
            value = MathF.Round(value * 8); // many are equal
        }

        foreach (bool maximum in new[] { true, false })
        {
            double[] expected = new double[outputs], gradient = new double[inputs];
            Reference.Pool<double>(x.Doubles, shape, maximum, options.CountIncludesPadding, expected, dy.Doubles, gradient);
            if (maximum)
            {
                PoolKernel.Max(shape, x.Pointer, y.Pointer);
                PoolGradient.Max(shape, x.Pointer, dy.Pointer, dx.Pointer);
            }
            else
            {
                PoolKernel.Average(shape, options.CountIncludesPadding, x.Pointer, y.Pointer);
                PoolGradient.Average(shape, options.CountIncludesPadding, dy.Pointer, dx.Pointer);
            }

            // At most sixteen numbers below 8 in a sum, and as many windows below 1 at a place: roundings of 2^-24 each.
            y.AssertClose(expected, 0, maximum ? 0 : 8e-6);
            dx.AssertClose(gradient, 0, 2e-6);
        }
    }
}
