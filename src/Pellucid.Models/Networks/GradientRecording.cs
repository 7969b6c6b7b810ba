using Pellucid.Models.Interventions;
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>What one pass records for its way back: the tape, what is watched on it, and what the metric reads.</summary>
internal sealed class GradientRecording : IDisposable
{
    private readonly Metric _metric;
    private readonly GradientOptions _options;
    private readonly Dictionary<Tensor, Tensor> _watched = [];
    private readonly Dictionary<string, PackedMatrix> _matrices = new(StringComparer.Ordinal);
    private readonly int _metricLayer;
    private Tensor? _activation;

    internal GradientRecording(Model model, TokenBatch tokens, Metric metric, GradientOptions options)
    {
        (_metric, _options) = (metric, options);
        Rows = metric.Hook is null ? metric.RowsOf(tokens, model.Config.Vocabulary) : null;
        _metricLayer = metric.Hook is { } hook ? model.Hooks[hook].Layer : -1;
    }

    internal Tape Tape { get; } = new();

    /// <summary>The rows of logits that the metric reads, sequence by sequence; null where it reads an activation.</summary>
    internal int[]? Rows { get; }

    /// <summary>Whether the metric's activation has been seen.</summary>
    internal bool IsFed => _metric.Hook is null || _activation is not null;

    public void Dispose() => Tape.Dispose();

    /// <summary>Watches the parameters whose gradients are asked for.</summary>
    internal void Begin(Ops ops, Model model)
    {
        foreach ((string name, Tensor? array, PackedMatrix? matrix) in WeightNames.Of(model.Plan, model.Weights))
        {
            if (!_options.Parameters.Contains(name))
            {
                continue;
            }

            if (matrix is not null)
            {
                Tape.Watch(matrix);
                _matrices.Add(name, matrix);
            }
            else
            {
                _watched.Add(array!, ops.Watch(array!, name));
            }
        }

        if (model.Config.TiedEmbedding && _options.Parameters.Contains(ParameterName.Embedding))
        {
            Tape.Tie(model.Weights.Unembedding.Weight, _watched[model.Weights.Embedding]);
        }
    }

    /// <summary>The watched one in place of a parameter, if its gradient is asked for.</summary>
    internal Tensor? Watched(Tensor parameter) => _watched.GetValueOrDefault(parameter);

    internal bool LooksAt(string hook) => hook == _metric.Hook || _options.At.Hooks.Contains(hook);

    /// <summary>Whether a block's inside is forgotten and computed once more; not where the metric reads it.</summary>
    internal bool Recomputes(int layer) => _options.Recompute && layer != _metricLayer;

    /// <summary>Watches an activation where its gradient is asked for, and keeps it where the metric reads it.</summary>
    internal Tensor At(Ops ops, HookPoint point, Tensor value)
    {
        string hook = point.Name;
        if (_options.At.Hooks.Contains(hook))
        {
            Tensor watched = ops.Watch(ops.Reshape(value, value.Shape), hook); // a place of its own on the tape: two names may share one array
            ops.Release(value);
            value = point.Axes[^1] == "key" ? ops.SelectSeen(watched, ops.Freeze(watched)) : watched; // nothing can be changed at a masked key
        }

        if (hook == _metric.Hook && _activation is null)
        {
            _activation = ops.Own(value.Share());
        }

        return value;
    }

    internal Tensor Evaluate(Ops ops, Tensor? logits, TokenBatch tokens)
    {
        Tensor value = _metric.Evaluate(ops, _activation ?? logits!, tokens);
        return value.Count == 1
            ? value
            : throw new ShapeException($"Metric '{_metric.Name}' returned {value.Shape}; one value was expected. Reduce it with Ops.Sum or Ops.Mean.");
    }

    /// <summary>Goes back from the metric's value and gathers what was asked for; what the value does not depend on has a gradient of zeros.</summary>
    internal GradientRun Collect(Ops ops, Tensor value, Model model, TokenBatch tokens, Dictionary<string, Tensor> kept)
    {
        Dictionary<string, Tensor> hooks = new(StringComparer.Ordinal), parameters = new(StringComparer.Ordinal);
        using Tensors.Gradients? found = Recording.Reaches(ops, value) ? Tape.Backward(value) : null;
        foreach (string hook in _options.At.Hooks)
        {
            HookPoint point = model.Hooks[hook];
            Tensor? gradient = found?.Named.GetValueOrDefault(hook);
            hooks.Add(hook, gradient?.Named([.. point.Axes]) ?? Tensor.Zeros(point.ShapeOf(tokens)));
        }

        foreach (ParameterPoint point in model.Parameters.Points)
        {
            if (_options.Parameters.Contains(point.Name))
            {
                parameters.Add(point.Name, GradientOf(point, found) is { } gradient ? gradient.Named(point.Shape.Axes) : Tensor.Zeros(point.Shape));
            }
        }

        return new GradientRun(value.ToArray()[0], hooks, parameters, kept);
    }

    private Tensor? GradientOf(ParameterPoint point, Tensors.Gradients? found)
    {
        if (found is null)
        {
            return null;
        }

        if (_matrices.TryGetValue(point.Name, out PackedMatrix? matrix))
        {
            return found.Contains(matrix) ? found[matrix] : null;
        }

        return found.Named.GetValueOrDefault(point.Name);
    }
}
