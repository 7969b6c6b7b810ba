using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Tests.Memory;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Tests.Kernels;

public sealed unsafe class ConvolutionTests
{
    // Rounding of a sum of k products of numbers below 1 grows like sqrt(k) · 2^-24 · |partial sum| (about sqrt(k)/3); times 4 for the
    // worst of many.
    private static double Tolerance(long k) => 4 * 6e-8 * (k + 8) / 3;

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_GeneratedShapes_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(5);
        for (int trial = 0; trial < 120; trial++)
        {
            Check(Generate(random), trial);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_ChosenShapes_MatchReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Check(Shape(2, 19, 17, 3, 64, 7, 2, 1, Padding2D.All(3)), 1); // an image, in blocks of four places
        Check(Shape(1, 12, 13, 3, 20, 3, 1, 1, Padding2D.All(1)), 2);
        Check(Shape(1, 23, 21, 2, 17, 11, 4, 1, new(2, 0, 1, 3)), 3);
        Check(Shape(1, 6, 5, 100, 50, 3, 1, 1, Padding2D.All(1)), 4); // two blocks of k, forward and back
        Check(Shape(3, 9, 9, 64, 70, 1, 1, 1, default), 5);
        Check(Shape(2, 9, 8, 24, 33, 1, 2, 1, default), 6); // most of the input is in no window
        Check(Shape(2, 9, 10, 37, 37, 3, 2, 1, Padding2D.All(1)) with { Groups = 37 }, 7);
        Check(Shape(1, 11, 10, 12, 24, 3, 1, 2, Padding2D.All(2)) with { Groups = 12 }, 8);
        Check(Shape(1, 14, 15, 30, 45, 3, 3, 2, new(0, 1, 4, 2)) with { Groups = 15 }, 9);
        Check(Shape(1, 3, 3, 5, 7, 5, 1, 1, Padding2D.All(4)), 10);
        Check(Shape(1, 2, 2, 4, 4, 3, 1, 1, default), 11); // no window fits
        Check(Shape(0, 5, 5, 4, 4, 3, 1, 1, default), 12);
        Check(Shape(1, 40, 40, 16, 100, 3, 1, 1, Padding2D.All(1)), 13);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_ThreeByThreeOfManyChannels_MatchesReference(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        Random random = new(11);
        for (int trial = 0; trial < 40; trial++)
        {
            ConvolutionShape shape = Shape(
                random.Next(1, 4), random.Next(1, 17), random.Next(1, 17), random.Next(16, 70), random.Next(16, 110), 3, 1, 1,
                new(random.Next(0, 4), random.Next(0, 4), random.Next(0, 4), random.Next(0, 4)));
            Check(shape, trial);
        }

        Check(Shape(1, 6, 5, 800, 33, 3, 1, 1, Padding2D.All(1)), 40); // two blocks of channels
        Check(Shape(1, 5, 7, 16, 800, 3, 1, 1, Padding2D.All(1)), 41);
        Check(Shape(0, 5, 7, 32, 16, 3, 1, 1, Padding2D.All(1)), 42);
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_ThreeByThreeOfOnePlace_StaysInItsWindows(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        ConvolutionShape shape = Shape(1, 9, 8, 30, 24, 3, 1, 1, Padding2D.All(1));
        Assert.True(WinogradProduct.Suits(shape) && WinogradProduct.Pays(9, 8));
        foreach (int place in Enumerable.Range(0, 72))
        {
            Guarded x = new(InputCount(shape)), dy = new(OutputCount(shape)), y = new(dy.Length), dx = new(x.Length);
            Guarded w = Guarded.Random(WeightCount(shape), 1), panels = new((int)ConvolutionForward.PackedLength(shape)), turned = new((int)ConvolutionInputGradient.PackedLength(shape));
            x.Span.Clear();
            dy.Span.Clear();
            x.Span[place * 30] = float.NaN;
            dy.Span[(place * 24) + 23] = 1e30f;
            ConvolutionForward.Pack(w.Pointer, shape, panels.Pointer);
            ConvolutionInputGradient.Pack(w.Pointer, shape, turned.Pointer);
            ConvolutionForward.Run(x.Pointer, shape, panels.Pointer, null, false, y.Pointer);
            ConvolutionInputGradient.Run(dy.Pointer, null, shape, turned.Pointer, dx.Pointer);
            for (int other = 0; other < 72; other++)
            {
                bool seen = Math.Abs((other / 8) - (place / 8)) < 2 && Math.Abs((other % 8) - (place % 8)) < 2;
                Assert.Equal(seen, float.IsNaN(y.Span[other * 24]));
                Assert.Equal(seen, dx.Span.Slice(other * 30, 30).ContainsAnyExcept(0f));
            }
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_AnyThreadCount_GivesTheSameBits(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        SameBits(Shape(2, 30, 29, 16, 50, 3, 2, 1, Padding2D.All(1)));
        SameBits(Shape(2, 30, 29, 32, 50, 3, 1, 1, Padding2D.All(1)));
        SameBits(Shape(2, 30, 29, 3, 50, 7, 2, 1, Padding2D.All(3)));
        SameBits(Shape(2, 17, 15, 30, 20, 3, 1, 1, Padding2D.All(1)) with { Groups = 5 });
        SameBits(Shape(2, 30, 29, 40, 40, 3, 1, 1, Padding2D.All(1)) with { Groups = 40 });
    }

    private static void SameBits(ConvolutionShape shape)
    {
        float[][]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkerPool pool = new(threads);
            using IDisposable use = Workers.Use(pool);
            float[][] results = Run(shape, 3, true, out _);
            first ??= results;
            Assert.Equal(first, results);
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Convolution_OnceWarm_AllocatesNothing(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        ConvolutionShape[] shapes =
        [
            Shape(2, 40, 39, 3, 64, 7, 2, 1, Padding2D.All(3)),
            Shape(2, 20, 19, 64, 64, 1, 1, 1, default),
            Shape(2, 20, 19, 32, 50, 3, 1, 1, Padding2D.All(1)),
            Shape(2, 20, 19, 12, 50, 5, 1, 1, Padding2D.All(2)),
            Shape(2, 20, 19, 40, 40, 3, 2, 1, Padding2D.All(1)) with { Groups = 40 },
            Shape(2, 20, 19, 30, 20, 3, 1, 2, Padding2D.All(1)) with { Groups = 5 },
        ];
        foreach (ConvolutionShape shape in shapes)
        {
            Guarded x = Guarded.Random(InputCount(shape), 1), w = Guarded.Random(WeightCount(shape), 2), bias = Guarded.Random(shape.Outputs, 3);
            Guarded dy = Guarded.Random(OutputCount(shape), 4), y = new(dy.Length), dx = new(x.Length), dw = new(w.Length), db = new(bias.Length);
            Guarded panels = new((int)ConvolutionForward.PackedLength(shape)), turned = new((int)ConvolutionInputGradient.PackedLength(shape));
            Guarded packedBias = new((int)ConvolutionForward.PackedBiasLength(shape));
            void Step()
            {
                ConvolutionForward.Pack(w.Pointer, shape, panels.Pointer);
                ConvolutionForward.PackBias(bias.Pointer, shape, packedBias.Pointer);
                ConvolutionInputGradient.Pack(w.Pointer, shape, turned.Pointer);
                ConvolutionForward.Run(x.Pointer, shape, panels.Pointer, packedBias.Pointer, true, y.Pointer);
                ConvolutionInputGradient.Run(dy.Pointer, y.Pointer, shape, turned.Pointer, dx.Pointer);
                ReluGradient.Run(y.Pointer, dy.Pointer, dy.Pointer, dy.Length);
                ConvolutionWeightGradient.Run(x.Pointer, dy.Pointer, shape, dw.Pointer);
                ChannelSums.Run(dy.Pointer, null, dy.Length / shape.Outputs, shape.Outputs, db.Pointer);
            }

            using WorkerPool pool = new(1); // the other threads run the same code, and only this one's memory is counted here
            using IDisposable use = Workers.Use(pool);
            Assert.Equal(0, ManagedMemory.OfAStep(_ => Step()));
        }
    }

    [Fact]
    public void ReferenceGradient_SmallShapes_MatchesFiniteDifferences()
    {
        Random random = new(9);
        for (int trial = 0; trial < 10; trial++)
        {
            ConvolutionShape shape = Generate(random) with { Batch = 1, Height = random.Next(3, 6), Width = random.Next(3, 6) };
            double[] x = Values(InputCount(shape), trial), w = Values(WeightCount(shape), trial + 1), dy = Values(OutputCount(shape), trial + 2);
            double[] dx = new double[x.Length], dw = new double[w.Length];
            Reference.ConvolutionGradient<double>(x, w, dy, shape, dx, dw);
            double Loss()
            {
                double[] y = new double[dy.Length];
                Reference.Convolution<double>(x, w, [], shape, y);
                return y.Zip(dy, (a, b) => a * b).Sum();
            }

            foreach ((double[] values, double[] gradient) in new[] { (x, dx), (w, dw) })
            {
                int at = random.Next(values.Length);
                double kept = values[at];
                values[at] = kept + 0.5;
                double above = Loss();
                values[at] = kept - 0.5;
                double below = Loss();
                values[at] = kept;
                Assert.InRange(gradient[at] - (above - below), -1e-10, 1e-10); // linear in each, so a step of one is exact
            }
        }
    }

    internal static ConvolutionShape Shape(int batch, int height, int width, int inputs, int outputs, int kernel, int stride, int dilation, Padding2D padding) => new()
    {
        Batch = batch,
        Height = height,
        Width = width,
        Inputs = inputs,
        Outputs = outputs,
        Kernel = kernel,
        Stride = stride,
        Dilation = dilation,
        Padding = padding,
        Groups = 1,
    };

    private static ConvolutionShape Generate(Random random)
    {
        int groups = random.Next(3) == 0 ? random.Next(1, 6) : 1;
        int inputs = random.Next(1, 12) * groups, outputs = random.Next(1, 40) * groups;
        if (random.Next(6) == 0)
        {
            groups = outputs = inputs = random.Next(1, 40);
        }

        return new()
        {
            Batch = random.Next(1, 4),
            Height = random.Next(1, 16),
            Width = random.Next(1, 16),
            Inputs = inputs,
            Outputs = outputs,
            Kernel = new(random.Next(1, 6), random.Next(1, 6)),
            Stride = random.Next(2) == 0 ? random.Next(1, 4) : new Size2D(random.Next(1, 4), random.Next(1, 4)),
            Dilation = random.Next(2) == 0 ? 1 : new Size2D(random.Next(1, 4), random.Next(1, 4)),
            Padding = new(random.Next(0, 4), random.Next(0, 4), random.Next(0, 4), random.Next(0, 4)),
            Groups = groups,
        };
    }

    private static int InputCount(in ConvolutionShape shape) => shape.Batch * shape.Height * shape.Width * shape.Inputs;

    private static int OutputCount(in ConvolutionShape shape) => shape.Batch * shape.OutHeight * shape.OutWidth * shape.Outputs;

    private static int WeightCount(in ConvolutionShape shape) => shape.Outputs * shape.GroupInputs * shape.Kernel.Height * shape.Kernel.Width;

    private static double[] Values(int count, int seed) => Guarded.Random(count, seed).Doubles;

    private static void Check(ConvolutionShape shape, int seed)
    {
        bool relu = seed % 2 == 0;
        float[][] results = Run(shape, seed, relu, out Guarded[] operands);
        double[] x = operands[0].Doubles, w = operands[1].Doubles, bias = operands[2].Doubles, dy = operands[3].Doubles;
        double[] y = new double[OutputCount(shape)], dx = new double[x.Length], dw = new double[w.Length], db = new double[bias.Length];
        Reference.Convolution<double>(x, w, bias, shape, y);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = relu ? Math.Max(0, y[i]) : y[i];
            dy[i] = relu && results[0][i] <= 0 ? 0 : dy[i]; // by our own sign, which rounding may turn
            db[i % shape.Outputs] += dy[i];
        }

        Reference.ConvolutionGradient<double>(x, w, dy, shape, dx, dw);
        long window = (long)shape.Kernel.Height * shape.Kernel.Width, positions = (long)shape.Batch * shape.OutHeight * shape.OutWidth;
        new Guarded(results[0]).AssertClose(y, 0, Tolerance(window * shape.GroupInputs));
        new Guarded(results[1]).AssertClose(dx, 0, Tolerance(window * shape.GroupOutputs));
        new Guarded(results[2]).AssertClose(dw, 0, Tolerance(positions));
        new Guarded(results[3]).AssertClose(db, 0, Tolerance(positions));
    }

    private static float[][] Run(ConvolutionShape shape, int seed, bool relu, out Guarded[] operands)
    {
        Guarded x = Guarded.Random(InputCount(shape), seed), w = Guarded.Random(WeightCount(shape), seed + 1);
        Guarded bias = Guarded.Random(shape.Outputs, seed + 2), dy = Guarded.Random(OutputCount(shape), seed + 3), masked = new(dy.Length);
        Guarded y = new(dy.Length), dx = new(x.Length), dw = new(w.Length), db = new(bias.Length);
        Guarded panels = new((int)ConvolutionForward.PackedLength(shape)), packedBias = new((int)ConvolutionForward.PackedBiasLength(shape));
        Guarded turned = new((int)ConvolutionInputGradient.PackedLength(shape));
        ConvolutionForward.Pack(w.Pointer, shape, panels.Pointer);
        ConvolutionForward.PackBias(bias.Pointer, shape, packedBias.Pointer);
        ConvolutionInputGradient.Pack(w.Pointer, shape, turned.Pointer);
        ConvolutionForward.Run(x.Pointer, shape, panels.Pointer, packedBias.Pointer, relu, y.Pointer);
        ConvolutionInputGradient.Run(dy.Pointer, relu ? y.Pointer : null, shape, turned.Pointer, dx.Pointer);
        dy.Span.CopyTo(masked.Span);
        if (relu)
        {
            ReluGradient.Run(y.Pointer, dy.Pointer, masked.Pointer, dy.Length);
        }

        ConvolutionWeightGradient.Run(x.Pointer, masked.Pointer, shape, dw.Pointer);
        ChannelSums.Run(masked.Pointer, null, dy.Length / shape.Outputs, shape.Outputs, db.Pointer);
        operands = [x, w, bias, dy];
        foreach (Guarded one in (Guarded[])[.. operands, y, dx, dw, db, panels, packedBias, turned, masked])
        {
            one.AssertGuards();
        }

        return [y.Span.ToArray(), dx.Span.ToArray(), dw.Span.ToArray(), db.Span.ToArray()];
    }
}
