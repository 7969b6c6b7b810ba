using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth.Variants;

/// <summary>The training of one embedding of a compiled network's residual stream.</summary>
internal sealed class CompressionRun : IDisposable
{
    private const float FirstSharpness = 1f / 32;

    /// <summary>Scores of the compiler are 128 apart, and e^(−128/8) = 1e-7 is left on what is not selected.</summary>
    private const float LastSharpness = 1f / 8;

    private readonly CompiledProgram _program;
    private readonly CompressionOptions _options;
    private readonly ModelParameters _wide;
    private readonly ModelParameters _narrow;
    private readonly Tensor _embedding;
    private readonly float[] _start;
    private readonly Adam _adam;
    private readonly InputBatches _batches;
    private readonly string[] _hooks;
    private Run? _target;
    private GradientRun? _run;
    private bool _isTaken;

    /// <param name="program">The compiled network.</param>
    /// <param name="wide">Its parameters, borrowed.</param>
    /// <param name="embedding">Where to begin; owned from now on.</param>
    /// <param name="options">How to train.</param>
    internal CompressionRun(CompiledProgram program, ModelParameters wide, Tensor embedding, CompressionOptions options)
    {
        (_program, _wide, _embedding, _options) = (program, wide, embedding, options);
        _start = embedding.ToArray();
        ModelConfig config = program.Model.Config with { DModel = options.Dimensions };
        _narrow = ModelParameters.Zeros(config);
        Fill(LastSharpness);
        Model = _narrow.ToModel(program.Model.Name, new OpenOptions { Tokenizer = program.Model.Tokenizer });
        _adam = new Adam([new Parameter("embedding", embedding)], new AdamOptions { LearningRate = options.LearningRate, Schedule = Schedule.Cosine(options.Steps) });
        _batches = new InputBatches(program, new SeededRandom(options.Seed, stream: 0xC0));
        _hooks = [.. Enumerable.Range(0, config.Layers).SelectMany(layer => (string[])[Hook.AttnOut(layer), Hook.MlpOut(layer)])];
    }

    /// <summary>The narrow network as it is now, which is disposed with this unless it is taken.</summary>
    internal Model Model { get; }

    /// <summary>C, [d_model, dimensions].</summary>
    internal Tensor Embedding => _embedding;

    /// <summary>Trains, and leaves the network with its final sharpness.</summary>
    internal void Train(Action<int> stepDone, CancellationToken cancellationToken)
    {
        for (int step = 0; step < _options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Sharp attention has no gradient where it is wrong, so it is sharpened on the way, over four fifths of it.
            float progress = Math.Min(1, step / (0.8f * _options.Steps));
            float sharpness = FirstSharpness * MathF.Pow(LastSharpness / FirstSharpness, progress);
            Refill(sharpness);
            Step(_batches.Next(_options.Batch), sharpness);
            stepDone(step);
        }

        Refill(LastSharpness);
    }

    /// <summary>Goes back to where it began.</summary>
    internal void Restart()
    {
        _start.CopyTo(_embedding.AsSpan());
        Refill(LastSharpness);
    }

    /// <summary>The loss at the final sharpness, on inputs of its own.</summary>
    internal float Loss()
    {
        const int Inputs = 512;
        TokenBatch batch = new InputBatches(_program, new SeededRandom(_options.Seed, stream: 0xC1)).Next(Inputs);
        using Run target = Target(batch);
        using GradientRun run = Model.Gradients(batch, Loss(target), new GradientOptions());
        return run.Value;
    }

    /// <summary>Hands the network over to the caller.</summary>
    internal Model TakeModel()
    {
        _isTaken = true;
        return Model;
    }

    public void Dispose()
    {
        if (!_isTaken)
        {
            Model.Dispose();
        }

        _target?.Dispose();
        _run?.Dispose();
        _adam.Dispose();
        _narrow.Dispose();
        _embedding.Dispose();
    }

    private void Step(TokenBatch batch, float sharpness)
    {
        _target = Target(batch, _target);
        _run = Model.Gradients(batch, Loss(_target), new GradientOptions { Parameters = ParameterSet.All, Capture = Capture.Of(_hooks) }, _run);
        using Tape tape = new();
        using Ops ops = new(tape);
        Tensor embedding = ops.Watch(_embedding);
        Tensor total = LayerLoss(ops, embedding, _run, _target);
        foreach (ParameterPoint point in _wide.Table.Points)
        {
            // Its gradient with respect to C is that of the sum of a narrow parameter times the parameter's own gradient.
            Tensor narrow = ResidualEmbedding.Narrow(ops, point.Name, _wide[point.Name], embedding, sharpness);
            total = ops.Add(total, ops.Sum(ops.Multiply(narrow, _run.Parameter(point.Name))));
        }

        using Gradients gradients = tape.Backward(total);
        _adam.Step([gradients[embedding]]);
    }

    private Run Target(TokenBatch batch, Run? before = null) => _program.Model.Run(batch, new RunOptions { Capture = Capture.Of(_hooks) }, before);

    /// <summary>
    /// Mean squared distance of the outputs, and of what each block writes, read back into the wide stream. The activations depend on C through the parameters and
    /// C stands in the reading back, too: the first way is this metric's, the second is taken by <see cref="LayerLoss"/> in <see cref="Step"/>.
    /// </summary>
    private Metric Loss(Run target)
    {
        IEnumerable<(Metric, float)> layers = _hooks.Select(hook => (Metric.OfActivation(hook, hook, (ops, written) => Distance(ops, written, _embedding, target[hook])), 1f));
        Metric output = Metric.OfLogits("output", null, (ops, logits, _) =>
            ops.Scale(ops.Sum(ops.Square(ops.Subtract(logits, ops.Reshape(target.Logits, logits.Shape)))), 1f / logits.Shape.Rows));
        return Metric.Sum([(output, 1), .. layers]);
    }

    private Tensor LayerLoss(Ops ops, Tensor embedding, GradientRun run, Run target)
    {
        Tensor total = ops.Zeros(new Shape());
        foreach (string hook in _hooks)
        {
            total = ops.Add(total, Distance(ops, run.Activation(hook), embedding, target[hook]));
        }

        return total;
    }

    private static Tensor Distance(Ops ops, Tensor written, Tensor embedding, Tensor target)
    {
        int rows = (int)written.Shape.Rows;
        Tensor read = ops.MatMul(ops.Reshape(written, new Shape(rows, written.Shape.Width)), embedding, transposeRight: true);
        return ops.Scale(ops.Sum(ops.Square(ops.Subtract(read, ops.Reshape(target, read.Shape)))), 1f / rows);
    }

    private void Refill(float sharpness)
    {
        Fill(sharpness);
        _narrow.Refill(Model);
    }

    private void Fill(float sharpness)
    {
        using Ops ops = new();
        foreach (ParameterPoint point in _narrow.Table.Points)
        {
            ResidualEmbedding.Narrow(ops, point.Name, _wide[point.Name], _embedding, sharpness).AsSpan().CopyTo(_narrow[point.Name].AsSpan());
        }
    }
}
