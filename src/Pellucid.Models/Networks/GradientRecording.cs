using System.Runtime.InteropServices;
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>What one pass records for its way back: the tape, what is watched on it, and what the metric reads.</summary>
internal sealed class GradientRecording
{
    private readonly Dictionary<Tensor, Tensor> _watched = [];
    private readonly Dictionary<string, PackedMatrix> _matrices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _activations = new(StringComparer.Ordinal);
    private readonly HashSet<int> _metricLayers = [];
    private readonly List<int> _rows = [];
    private Metric _metric = null!;
    private GradientOptions _options = null!;

    internal Tape Tape { get; } = new();

    /// <summary>Whether the metric reads logits.</summary>
    internal bool ReadsLogits => _metric.ReadsLogits;

    /// <summary>The rows of logits that the metric reads, sequence by sequence.</summary>
    internal ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Whether the metric's activations have all been seen.</summary>
    internal bool IsFed => _activations.Count == _metric.Hooks.Count;

    /// <summary>Begins with what a metric reads, and watches the parameters whose gradients are asked for.</summary>
    internal void Begin(Ops ops, Model model, TokenBatch tokens, Metric metric, GradientOptions options)
    {
        (_metric, _options) = (metric, options);
        _activations.Clear();
        _watched.Clear();
        _matrices.Clear();
        _metricLayers.Clear();
        for (int i = 0; i < metric.Hooks.Count; i++)
        {
            _metricLayers.Add(model.Hooks[metric.Hooks[i]].Layer);
        }

        if (metric.ReadsLogits)
        {
            metric.ReadRows(tokens, model.Config, _rows);
        }

        foreach ((string name, Tensor? array, PackedMatrix? matrix) in model.Weights.Named(model.Plan))
        {
            if (!_options.Parameters.Contains(name))
            {
                continue;
            }

            if (name == ParameterName.Embedding)
            {
                Tape.WatchTurned(matrix!, name);
            }
            else if (matrix is not null)
            {
                Tape.Watch(matrix);
                _matrices.Add(name, matrix);
            }
            else
            {
                _watched.Add(array!, ops.Watch(array!, name));
            }
        }
    }

    /// <summary>The watched one in place of a parameter, if its gradient is asked for.</summary>
    internal Tensor? Watched(Tensor parameter) => _watched.GetValueOrDefault(parameter);

    internal bool LooksAt(string hook) => Reads(hook) || _options.At.Contains(hook);

    /// <summary>Whether a block's inside is forgotten and computed once more; not where the metric reads it.</summary>
    internal bool Recomputes(int layer) => _options.Recompute && !_metricLayers.Contains(layer);

    /// <summary>Watches an activation where its gradient is asked for, and keeps it where the metric reads it.</summary>
    /// <param name="ops">The operations.</param>
    /// <param name="point">The activation.</param>
    /// <param name="value">Its value.</param>
    /// <param name="seen">Which keys are seen, where some are masked.</param>
    /// <param name="ranges">The keys of each sequence, where there is padding.</param>
    internal Tensor At(Ops ops, HookPoint point, Tensor value, AttentionOptions? seen, Tensor? ranges)
    {
        string hook = point.Name;
        if (_options.At.Contains(hook))
        {
            Tensor watched = ops.Watch(ops.Reshape(value, value.Shape), hook); // a place of its own on the tape: two names may share one array
            ops.Release(value);
            value = seen is null ? watched : ops.SelectSeen(watched, ops.Freeze(watched), seen, ranges); // nothing can be changed at a masked key
        }

        if (Reads(hook) && !_activations.ContainsKey(hook))
        {
            _activations.Add(hook, ops.Own(value.Share()));
        }

        return value;
    }

    internal Tensor Evaluate(Ops ops, Tensor? logits, TokenBatch tokens) => _metric.Evaluate(ops, _activations, logits, tokens);

    /// <summary>Goes back from the metric's value; null where it depends on nothing that is watched.</summary>
    internal Tensors.Gradients? Differentiate(Ops ops, Tensor value) => ops.IsRecorded(value) ? Tape.Backward(value) : null;

    /// <summary>The gradient with respect to a parameter; null where the value does not depend on it.</summary>
    /// <param name="point">The parameter.</param>
    /// <param name="found">What the way back gave.</param>
    internal Tensor? GradientOf(ParameterPoint point, Tensors.Gradients? found)
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

    private bool Reads(string hook)
    {
        for (int i = 0; i < _metric.Hooks.Count; i++)
        {
            if (_metric.Hooks[i] == hook)
            {
                return true;
            }
        }

        return false;
    }
}
