using System.Runtime.InteropServices;
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>What one pass records for its way back: the tape, what is watched on it, and what the metric reads.</summary>
internal sealed class GradientRecording
{
    private const string TurnedEmbedding = "the unembedding of a tied embedding";

    private readonly Dictionary<Tensor, Tensor> _watched = [];
    private readonly Dictionary<string, PackedMatrix> _matrices = new(StringComparer.Ordinal);
    private readonly List<int> _rows = [];
    private Metric _metric = null!;
    private GradientOptions _options = null!;
    private int _metricLayer;
    private Tensor? _activation;

    internal Tape Tape { get; } = new();

    /// <summary>Whether the metric reads logits; an activation, where it does not.</summary>
    internal bool ReadsLogits => _metric.Hook is null;

    /// <summary>The rows of logits that the metric reads, sequence by sequence.</summary>
    internal ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Whether the metric's activation has been seen.</summary>
    internal bool IsFed => _metric.Hook is null || _activation is not null;

    /// <summary>Begins with what a metric reads, and watches the parameters whose gradients are asked for.</summary>
    internal void Begin(Ops ops, Model model, TokenBatch tokens, Metric metric, GradientOptions options)
    {
        (_metric, _options, _activation) = (metric, options, null);
        _watched.Clear();
        _matrices.Clear();
        _metricLayer = metric.Hook is { } hook ? model.Hooks[hook].Layer : -1;
        if (metric.Hook is null)
        {
            metric.ReadRows(tokens, model.Config.Vocabulary, _rows);
        }

        foreach ((string name, Tensor? array, PackedMatrix? matrix) in model.Weights.Named(model.Plan))
        {
            if (!_options.Parameters.Contains(name))
            {
                continue;
            }

            if (matrix is not null)
            {
                Watch(name, matrix);
            }
            else
            {
                _watched.Add(array!, ops.Watch(array!, name));
            }
        }

        if (model.Config.TiedEmbedding && _options.Parameters.Contains(ParameterName.Embedding))
        {
            Watch(TurnedEmbedding, model.Weights.Unembedding.Weight);
        }
    }

    /// <summary>The watched one in place of a parameter, if its gradient is asked for.</summary>
    internal Tensor? Watched(Tensor parameter) => _watched.GetValueOrDefault(parameter);

    internal bool LooksAt(string hook) => hook == _metric.Hook || _options.At.Contains(hook);

    /// <summary>Whether a block's inside is forgotten and computed once more; not where the metric reads it.</summary>
    internal bool Recomputes(int layer) => _options.Recompute && layer != _metricLayer;

    /// <summary>Watches an activation where its gradient is asked for, and keeps it where the metric reads it.</summary>
    internal Tensor At(Ops ops, HookPoint point, Tensor value)
    {
        string hook = point.Name;
        if (_options.At.Contains(hook))
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

    /// <summary>Goes back from the metric's value; null where it depends on nothing that is watched.</summary>
    internal Tensors.Gradients? Differentiate(Ops ops, Tensor value) => ops.IsRecorded(value) ? Tape.Backward(value) : null;

    /// <summary>The gradient with respect to a parameter; null where the value does not depend on it.</summary>
    /// <param name="point">The parameter.</param>
    /// <param name="found">What the way back gave.</param>
    /// <param name="results">The scope that a sum is made in.</param>
    internal Tensor? GradientOf(ParameterPoint point, Tensors.Gradients? found, Ops results)
    {
        if (found is null)
        {
            return null;
        }

        if (_matrices.TryGetValue(point.Name, out PackedMatrix? matrix))
        {
            return found.Contains(matrix) ? found[matrix] : null;
        }

        Tensor? gradient = found.Named.GetValueOrDefault(point.Name);
        return point.Name == ParameterName.Embedding && _matrices.TryGetValue(TurnedEmbedding, out PackedMatrix? turned) && found.Contains(turned)
            ? Added(gradient, found[turned], results)
            : gradient;
    }

    /// <summary>The gradient of a tied embedding: that of the table and, turned, that of the unembedding.</summary>
    private static Tensor Added(Tensor? table, Tensor unembedding, Ops results)
    {
        Tensor turned = results.Transpose(unembedding, 1, 0);
        Tensor sum = table is null ? results.Scale(turned, 1) : results.Add(table, turned);
        results.Release(turned);
        return sum;
    }

    private void Watch(string name, PackedMatrix matrix)
    {
        Tape.Watch(matrix);
        _matrices.Add(name, matrix);
    }
}
