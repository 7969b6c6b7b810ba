using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Tests.Memory;
using Pellucid.Tensors.Threading;

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

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void PoolAndResize_AnyThreadCount_GiveTheSameBitsAndAllocateNothing(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        const int Batch = 2, Height = 41, Width = 38, Channels = 35;
        PoolShape shape = PoolShape.Of(Batch, Height, Width, Channels, new Pooling2D { Kernel = 3, Stride = 2, Padding = Padding2D.All(1), CeilingMode = true });
        int inputs = Batch * Height * Width * Channels, outputs = Batch * shape.OutHeight * shape.OutWidth * Channels, resized = Batch * 55 * 20 * Channels;
        Guarded x = Guarded.Random(inputs, 1), dy = Guarded.Random(outputs, 2), dr = Guarded.Random(resized, 3);
        float[][]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            Guarded[] results = [new(outputs), new(inputs), new(outputs), new(inputs), new(resized), new(inputs)];
            void Step()
            {
                PoolKernel.Max(shape, x.Pointer, results[0].Pointer);
                PoolGradient.Max(shape, x.Pointer, dy.Pointer, results[1].Pointer);
                PoolKernel.Average(shape, false, x.Pointer, results[2].Pointer);
                PoolGradient.Average(shape, false, dy.Pointer, results[3].Pointer);
                ResizeKernel.Run(x.Pointer, results[4].Pointer, Batch, new(Height, Width), new(55, 20), Channels, ResizeMethod.Bilinear, ResizeGrid.HalfPixel, false);
                ResizeKernel.Run(results[5].Pointer, dr.Pointer, Batch, new(Height, Width), new(55, 20), Channels, ResizeMethod.Bilinear, ResizeGrid.HalfPixel, true);
            }

            long allocated = ManagedMemory.OfAStep(_ => Step());
            Assert.True(threads > 1 || allocated == 0);
            Assert.All(results, one => one.AssertGuards());
            float[][] bits = [.. results.Select(one => one.Span.ToArray())];
            first ??= bits;
            Assert.Equal(first, bits);
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
