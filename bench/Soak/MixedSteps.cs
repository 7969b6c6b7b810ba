using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Bench.Soak;

/// <summary>
/// Small steps of every kind, one after another, at sizes that change from step to step and come again after <see cref="Period"/> steps: forward passes
/// and gradients of stories260k, in runs of their own and in place of earlier ones, generation, a dictionary, a convolution, a perceptron.
/// </summary>
internal sealed class MixedSteps : IDisposable
{
    /// <summary>Steps after which every kind has had every size.</summary>
    internal const int Period = Kinds * Sizes;

    private const int Kinds = 8;
    private const int Sizes = 23;
    private const int Width = 48;
    private const int Latents = 640;
    private const int Hidden = 96;

    private readonly Model _model;
    private readonly Run _run;
    private readonly GradientRun _gradients;
    private readonly GradientOptions _attribution = new() { At = Capture.Of(Hook.ResidPre(1), Hook.MlpPost(3)), Recompute = true };
    private readonly GradientOptions _training = new() { Parameters = ParameterSet.All };
    private readonly RunOptions _captured = new() { Capture = Capture.Of(Hook.ResidPost(2), Hook.Pattern(1)), Logits = LogitsWanted.Last };
    private readonly SparseEncoder _encoder = new();
    private readonly SparseCodes _codes = new();
    private readonly LatentGradients _latentGradients = new();
    private readonly LearnedDictionary _dictionary = new(Values(1, Latents, Width), Values(2, Latents), Values(3, Latents, Width), Values(4, Width));
    private readonly Tensor _rows = Values(5, 160, Width);
    private readonly Tensor _kernel = Values(6, 16, 3, 3, 3);
    private readonly Parameter _in = new("in", Values(7, Width, Hidden));
    private readonly Parameter _out = new("out", Values(8, Hidden, 1));
    private readonly Adam _adam;
    private readonly Tape _tape = new();
    private readonly Ops _ops;

    /// <param name="model">stories260k; the caller's to dispose.</param>
    internal MixedSteps(Model model)
    {
        _model = model;
        _run = model.Run(Tokens(0), _captured);
        _gradients = model.Gradients(Tokens(0), Metric.Loss, _attribution);
        _adam = new Adam([_in, _out], new AdamOptions { LearningRate = 1e-3f });
        _ops = new Ops(_tape);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="step">Its number, which says what kind and size it has.</param>
    internal void Take(int step)
    {
        int size = step / Kinds % Sizes;
        switch (step % Kinds)
        {
            case 0: _model.Run(Tokens(size)).Dispose(); break;
            case 1: _model.Run(Tokens(size), _captured, _run); break;
            case 2: _model.Gradients(Tokens(size), Metric.Loss, _training).Dispose(); break;
            case 3: _model.Gradients(Tokens(size), Metric.LogProbability(5), _attribution, _gradients); break;
            case 4: _model.Generate([[1, 2 + size, 3]], new GenerateOptions { MaxTokens = 2 + (size % 5), Temperature = 1, Seed = size }); break;
            case 5: Dictionary(64 + (4 * size), step); break;
            case 6: Convolution(9 + size); break;
            default: Perceptron(32 + (5 * size)); break;
        }
    }

    public void Dispose()
    {
        foreach (IDisposable one in (IDisposable[])
            [_run, _gradients, _encoder, _codes, _latentGradients, _dictionary, _rows, _kernel, _in.Value, _out.Value, _adam, _ops, _tape])
        {
            one.Dispose();
        }
    }

    private static TokenBatch Tokens(int size) => TokenBatch.From(
        [.. Enumerable.Range(0, 1 + (size % 3)).Select(sequence => (int[])[.. Enumerable.Range(0, 4 + (2 * size) - sequence).Select(i => 1 + ((i * 37) + size) % 500)])]);

    private static Tensor Values(long seed, params int[] shape)
    {
        SeededRandom random = new(seed, 1);
        Tensor values = Tensor.Empty(new Shape(shape));
        foreach (ref float value in values.AsSpan())
        {
            value = (float)(0.2 * random.NextNormal());
        }

        return values;
    }

    private void Dictionary(int rows, int step)
    {
        using Tensor x = _rows.Slice(0, 0, rows);
        _encoder.Pack(_dictionary.Encoder.Value, _dictionary.EncoderBias.Value);
        _encoder.TopK(x, 8, _codes);
        _latentGradients.Reconstruct(x, x, _codes, _dictionary.Decoder.Value, -2.0 / rows);
        _latentGradients.Update(_dictionary, LatentAdamFactors.Of(1e-4, step + 1), new UpdateOptions());
    }

    private void Convolution(int side)
    {
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor image = ops.Watch(ops.Zeros(new Shape(2, side, side, 3))), weight = ops.Watch(_kernel);
        Tensor mapped = ops.MaxPool(ops.Convolve(image, weight, null, new Convolution2D { Relu = true }), new Pooling2D { Kernel = 2, Stride = 2 });
        tape.Backward(ops.Sum(ops.Square(mapped))).Dispose();
    }

    private void Perceptron(int rows)
    {
        _ops.Reset();
        Tensor x = _ops.Slice(_rows, 0, 0, rows);
        using Gradients gradients = _tape.Backward(_ops.Mean(_ops.Square(_ops.Linear(_ops.Linear(x, _in, null, Activation.Gelu), _out))));
        _adam.Step(gradients);
    }
}
