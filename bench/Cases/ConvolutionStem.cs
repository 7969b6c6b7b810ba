using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>
/// The stem of InceptionV1 on 224 × 224 images (7 × 7 with stride 2, pool, 1 × 1, 3 × 3, pool) and a 5 × 5 as in its first block: forward,
/// or forward and the gradient to the input, against tuned PyTorch in channels_last with the same numbers.
/// </summary>
internal sealed class ConvolutionStem(bool gradient) : BenchCase
{
    private const int Batch = 8;

    private static readonly Pooling2D Pool = new() { Kernel = 3, Stride = 2, CeilingMode = true };

    internal override string Name => gradient ? "convolution-stem-gradient" : "convolution-stem-forward";

    internal override string Unit => "images/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        using Tensor image = Values(1, 1, Batch, 224, 224, 3), small = Values(2, 1, Batch, 28, 28, 16);
        using PackedConvolution first = Parameters(10, 64, 3, 7, 2, 3), second = Parameters(11, 64, 64, 1, 1, 0);
        using PackedConvolution third = Parameters(12, 192, 64, 3, 1, 1), side = Parameters(20, 32, 16, 5, 1, 2);
        using Tensor seed = Tensor.Empty(new Shape(Batch, 28, 28, 192)), sideSeed = Tensor.Empty(new Shape(Batch, 28, 28, 32));
        seed.AsSpan().Fill(1);
        sideSeed.AsSpan().Fill(1);

        Tensor Stem(Ops ops, Tensor x)
        {
            Tensor pooled = ops.MaxPool(ops.Convolve(x, first), Pool);
            return ops.MaxPool(ops.Convolve(ops.Convolve(pooled, second), third), Pool);
        }

        Turn Play()
        {
            using Ops ops = new();
            long start = Stopwatch.GetTimestamp();
            (Tensor first, Tensor second) = gradient
                ? (Gradient(ops, image, Stem, seed), Gradient(ops, small, (inner, x) => inner.Convolve(x, side), sideSeed))
                : (Stem(ops, image), ops.Convolve(small, side));
            return new Turn(Stopwatch.GetElapsedTime(start).TotalSeconds, Size(first) + Size(second));
        }

        List<IDisposable> started = [];
        try
        {
            Contender baseline = PythonBaseline.Contender(
                "pytorch-tuned", "convolution_stem.py", PythonBaseline.OpenBlas, started, log,
                gradient ? "gradient" : "forward", $"{Batch}", $"{Environment.ProcessorCount}");
            return new Contest(this, new("ours", gradient ? "Tape.Backward to the images" : "Ops.Convolve, Ops.MaxPool", Play), [baseline])
            {
                Work = Batch,
                Warmup = 3,
                Rounds = AskedRounds ?? 15,
                Remark = "pytorch-tuned in channels_last",
            }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }

    private static Tensor Gradient(Ops kept, Tensor x, Func<Ops, Tensor, Tensor> part, Tensor seed)
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor watched = ops.Watch(x);
        using Gradients gradients = tape.Backward(part(ops, watched), seed);
        return kept.Own(gradients[watched].Share());
    }

    private static double Size(Tensor values)
    {
        double sum = 0;
        foreach (float value in values.AsSpan())
        {
            sum += Math.Abs(value);
        }

        return sum;
    }

    private static PackedConvolution Parameters(int seed, int outputs, int inputs, int kernel, int stride, int padding)
    {
        using Tensor weight = Values(seed, Math.Sqrt(3.0 / (inputs * kernel * kernel)), outputs, inputs, kernel, kernel);
        using Tensor bias = Values(seed + 50, 0.1, outputs);
        return PackedConvolution.Pack(weight, bias, new Convolution2D { Stride = stride, Padding = Padding2D.All(padding), Relu = true });
    }

    /// <summary>The baseline's numbers.</summary>
    private static Tensor Values(int seed, double scale, params ReadOnlySpan<int> sizes)
    {
        Tensor tensor = Tensor.Empty(new Shape(sizes));
        Span<float> values = tensor.AsSpan();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((((((long)i * 7919) + (seed * 104729L)) % 2003 / 1001.0) - 1) * scale);
        }

        return tensor;
    }
}
