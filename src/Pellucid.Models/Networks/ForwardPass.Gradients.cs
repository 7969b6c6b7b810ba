// Blocks whose inside is computed once more on the way back: Chen et al. 2016, arXiv:1604.06174.
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>The way to a metric and back.</content>
internal sealed partial class ForwardPass
{
    /// <summary>Of each block the part that is computed once more, made once.</summary>
    private readonly List<Func<Ops, Tensor, Tensor>> _blocks = [];
    private bool _goesBack;

    /// <summary>The gradients with respect to activations, by hook.</summary>
    internal Dictionary<string, Tensor> HookGradients { get; } = new(StringComparer.Ordinal);

    /// <summary>The gradients with respect to parameters, by name.</summary>
    internal Dictionary<string, Tensor> ParameterGradients { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs to the metric and back to everything whose gradient was asked for.</summary>
    /// <returns>The metric's value.</returns>
    internal float Differentiate(Model model, TokenBatch tokens, Metric metric, GradientOptions options)
    {
        GradientRecording recording = _recording!;
        try
        {
            LogitsWanted logits = metric.ReadsLogits ? LogitsWanted.All : LogitsWanted.None;
            Begin(model, tokens, options.Capture, logits, null, tokens.Positions, options.CancellationToken);
            HookGradients.Clear();
            ParameterGradients.Clear();
            _goesBack = false;
            recording.Begin(_ops, model, tokens, metric, options);
            Tensor? read = Compute();
            Tensor value = recording.Evaluate(_ops, read, tokens);
            _goesBack = true;
            using Tensors.Gradients? found = recording.Differentiate(_ops, value);
            Collect(recording, found, options);
            return value.DType == DType.F32 ? value.AsSpan()[0] : value.ToArray()[0];
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Gathers what was asked for; what the value does not depend on has a gradient of zeros.</summary>
    private void Collect(GradientRecording recording, Tensors.Gradients? found, GradientOptions options)
    {
        foreach (string hook in options.At.Names)
        {
            HookPoint point = _model.Hooks[hook];
            Tensor? gradient = found?.Named.GetValueOrDefault(hook);
            HookGradients.Add(hook, gradient is null ? _results.Zeros(point.ShapeOf(_tokens)) : Result(gradient, point.Named(gradient.Shape.Sizes)));
        }

        IReadOnlyList<ParameterPoint> points = _model.Parameters.Points;
        for (int i = 0; i < points.Count; i++)
        {
            ParameterPoint point = points[i];
            if (options.Parameters.Contains(point.Name))
            {
                Tensor? gradient = recording.GradientOf(point, found);
                ParameterGradients.Add(point.Name, gradient is null ? _results.Zeros(point.Shape) : Result(gradient, point.Shape));
            }
        }
    }

    private Tensor RecomputedBlock(int layer, Tensor residual)
    {
        for (int next = _blocks.Count; next <= layer; next++)
        {
            int block = next;
            _blocks.Add((ops, x) => BlockIn(ops, block, x));
        }

        Tensor result = _ops.Recompute(residual, _blocks[layer]);
        if (result != residual)
        {
            _ops.Release(residual);
        }

        return result;
    }

    private Tensor BlockIn(Ops ops, int layer, Tensor x)
    {
        Ops outer = _ops;
        _ops = ops;
        try
        {
            return Block(layer, x);
        }
        finally
        {
            _ops = outer;
        }
    }
}
