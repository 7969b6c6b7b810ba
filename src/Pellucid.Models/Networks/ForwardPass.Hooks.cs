using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>What happens at a named activation.</content>
internal sealed partial class ForwardPass
{
    /// <summary>Whether somebody looks at an activation, so that it has to be made as it is declared.</summary>
    private bool Wanted(string hook) =>
        _capture.Contains(hook) || _model.InterventionsAt.ContainsKey(hook) || (_recording is { } recording && recording.LooksAt(hook));

    private Tensor At(string hook, Tensor value)
    {
        if (_model.InterventionsAt.TryGetValue(hook, out Intervention[]? interventions))
        {
            value = Changed(hook, value, interventions);
        }

        if (_recording is { } recording)
        {
            HookPoint point = _model.Hooks[hook];
            value = recording.At(_ops, point, value, MasksOf(point), _ranges);
        }

        if (_capture.Contains(hook) && !_kept.ContainsKey(hook)) // a block that is computed once more on the way back was seen
        {
            Tensor kept = _recording is null ? value : _ops.Freeze(value); // what is kept outlives the tape
            _kept[hook] = Result(kept, _model.Hooks[hook].Named(kept.Shape.Sizes));
        }

        return value;
    }

    private Tensor Changed(string hook, Tensor made, Intervention[] interventions)
    {
        HookContext context = new(_model.Hooks[hook], _tokens, _start, _prompt, Config.BosId);
        Tensor value = made;
        foreach (Intervention intervention in interventions)
        {
            value = intervention.Apply(_ops, value, context, _recording is not null);
        }

        return MasksOf(context.Point) is { } seen ? _ops.SelectSeen(value, made, seen, _ranges) : value;
    }

    /// <summary>Which keys are seen where an activation has an axis of keys and some are masked; else null.</summary>
    private AttentionOptions? MasksOf(HookPoint point) =>
        point.Axes[^1] == "key" && _model.Plan.AttentionOf(point.Layer) is var attention && IsMasked(attention) ? attention : null;

    private bool IsMasked(AttentionOptions attention) => attention.IsCausal || _ranges is not null;
}
