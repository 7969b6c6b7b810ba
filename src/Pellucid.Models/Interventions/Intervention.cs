using System.Buffers;
using System.Collections.Immutable;
using Pellucid.Models.Interventions;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// A change to one activation, as an expression over the operations of <see cref="Ops"/>. An immutable value: it is passed to a run
/// and leaves the model as it is, so different threads may run different experiments on one model.
/// </summary>
/// <remarks>
/// Arrays that it is made from are borrowed: keep them until the last run. In scores and patterns the keys that a query does not see (later ones of
/// a causal model, those outside of a window, padding) stay masked whatever is done to them, so that generation with a cache equals one without.
/// </remarks>
public sealed record Intervention
{
    private readonly Func<Ops, Tensor, HookContext, Tensor> _expression;

    private Intervention(string hook, string kind, Func<Ops, Tensor, HookContext, Tensor> expression)
    {
        Hook = hook;
        Kind = kind;
        _expression = expression;
    }

    /// <summary>The activation that is changed.</summary>
    public string Hook { get; }

    /// <summary>What is done, for provenance and messages: zero, mean, replace, add, scale, freeze, or a name of your own.</summary>
    public string Kind { get; }

    /// <summary>Where it acts; everywhere by default.</summary>
    public Positions Positions { get; private init; } = Positions.All;

    /// <summary>Indices into the last axis on which it acts; all of them when empty.</summary>
    public ImmutableArray<int> Units { get; private init; } = [];

    /// <summary>Heads on which it acts; all of them when empty.</summary>
    public ImmutableArray<int> Heads { get; private init; } = [];

    /// <summary>Whether what it puts in place of the activation does not depend on it, by what it is: no gradient goes back there.</summary>
    public bool IsConstant { get; private init; }

    /// <summary>Whether it needs the whole sequence at once; generation then works without its key-value cache.</summary>
    public bool NeedsWholeSequence { get; private init; }

    /// <summary>Whether its expression was written elsewhere, so that it may do anything.</summary>
    internal bool IsCustom { get; private init; }

    /// <summary>The trailing shape of the value it carries, checked against the hook before a run.</summary>
    internal Shape? Carries { get; private init; }

    /// <summary>The size of the last axis that it was made for, if it said.</summary>
    private int? Width { get; init; }

    /// <summary>Whether its value covers the prompt and so does not stand in the way of cached generation.</summary>
    private bool FitsPrompt { get; init; }

    /// <summary>Sets the activation to zero.</summary>
    public static Intervention Zero(string hook) => new(hook, "zero", static (ops, x, _) => ops.Zeros(x.Shape)) { IsConstant = true };

    /// <summary>Sets every position to one value: mean ablation.</summary>
    /// <param name="hook">The activation.</param>
    /// <param name="mean">The trailing part of the hook's shape, such as [d_model].</param>
    public static Intervention Mean(string hook, Tensor mean) =>
        new(hook, "mean", (ops, x, _) => ops.Broadcast(mean, x.Shape)) { Carries = mean.Shape, IsConstant = true };

    /// <summary>Replaces the activation; where text is generated, that of the prompt, and later positions keep their own.</summary>
    /// <param name="hook">The activation.</param>
    /// <param name="value">The whole of it, [batch, pos, ...] of the run or of the prompt.</param>
    public static Intervention Replace(string hook, Tensor value) =>
        new(hook, "replace", (ops, x, context) => Replacement.Of(ops, x, value, context)) { Carries = value.Shape, FitsPrompt = true, IsConstant = true };

    /// <summary>Adds a vector times a factor: steering.</summary>
    /// <param name="hook">The activation.</param>
    /// <param name="vector">The trailing part of the hook's shape, such as [d_model].</param>
    /// <param name="factor">Its factor.</param>
    public static Intervention Add(string hook, Tensor vector, float factor = 1) =>
        new(hook, "add", (ops, x, _) => ops.Add(x, factor == 1 ? vector : ops.Scale(vector, factor))) { Carries = vector.Shape };

    /// <summary>Multiplies the activation.</summary>
    public static Intervention Scale(string hook, float factor) => new(hook, "scale", (ops, x, _) => ops.Scale(x, factor));

    /// <summary>Leaves the activation as it is and stops the gradient there: what lies before it is a constant to what comes after.</summary>
    public static Intervention Freeze(string hook) => new(hook, "freeze", static (ops, x, _) => ops.Freeze(x)) { IsConstant = true };

    /// <summary>Any expression over the operations.</summary>
    /// <remarks>
    /// Gradients go back through it by themselves. One that computes outside of the operations has no backward, and a run that asks for
    /// gradients through it refuses it: use <see cref="Ops.Custom"/> to give it one, or put <see cref="Freeze"/> at the same hook before it.
    /// </remarks>
    /// <param name="hook">The activation.</param>
    /// <param name="kind">Its name, for provenance and messages.</param>
    /// <param name="expression">Takes the operations, the activation and the place; returns an array of the same shape.</param>
    /// <param name="needsWholeSequence">Whether it must see all positions at once.</param>
    /// <param name="width">Size of the last axis that it is made for, so that a hook of another is refused before a run; any when null.</param>
    public static Intervention Custom(
        string hook, string kind, Func<Ops, Tensor, HookContext, Tensor> expression, bool needsWholeSequence = false, int? width = null) =>
        new(hook, kind, expression) { NeedsWholeSequence = needsWholeSequence, Width = width, IsCustom = true };

    /// <summary>The same, only at these positions.</summary>
    public Intervention At(Positions positions) => this with { Positions = positions };

    /// <summary>The same, only for these indices of the last axis.</summary>
    public Intervention ForUnits(params IEnumerable<int> units) => this with { Units = [.. units] };

    /// <summary>The same, only for these heads.</summary>
    public Intervention ForHeads(params IEnumerable<int> heads) => this with { Heads = [.. heads] };

    /// <summary>Whether its value is laid out for as many positions as a run has, which cached generation does not show it.</summary>
    internal bool SpansPositions(HookPoint point) => !FitsPrompt && Carries is { } shape && shape.Rank > point.TrailingAxes;

    /// <summary>Refuses what cannot fit the hook, before any work is done.</summary>
    internal void Check(HookPoint point)
    {
        if (Carries is { } shape && !point.Takes(shape))
        {
            throw new ShapeException($"Intervention '{Kind}': {shape} does not fit the end of {point}.");
        }

        if (Width is { } width && width != point.Width)
        {
            throw new ShapeException($"Intervention '{Kind}' is made for a width of {width}; it does not fit {point}.");
        }

        if (!Positions.IsAll && point.PositionAxis < 0)
        {
            throw new ShapeException($"Intervention '{Kind}' is for positions {Positions.Name}; {point} has one value for all of them.");
        }

        if (Units.Any(unit => unit < 0 || (point.Width != 0 && unit >= point.Width)))
        {
            throw new ShapeException($"Intervention '{Kind}': units {string.Join(',', Units)} are not all inside {point}.");
        }

        int heads = point.HeadAxis < 0 ? 0 : point.Sizes[point.HeadAxis];
        if (Heads.Any(head => head < 0 || head >= heads))
        {
            throw new ShapeException($"Intervention '{Kind}': heads {string.Join(',', Heads)} are not all inside {point}.");
        }
    }

    /// <summary>Makes the changed activation.</summary>
    /// <param name="ops">The operations.</param>
    /// <param name="value">The activation.</param>
    /// <param name="context">The place.</param>
    /// <param name="recorded">Whether the run goes back, so that the change must have a backward.</param>
    internal Tensor Apply(Ops ops, Tensor value, HookContext context, bool recorded)
    {
        bool mustGoBack = recorded && !IsConstant && ops.IsRecorded(value);
        Tensor changed = _expression(ops, value, context);
        if (mustGoBack && !ops.IsRecorded(changed))
        {
            throw new PellucidException(
                $"Intervention '{Kind}' at {Hook} has no backward: what it returns was not made by operations on what it was given. "
                + "Write it over Ops, use Ops.Custom, or stop the gradient before it with Intervention.Freeze.");
        }

        if (changed.Shape != value.Shape)
        {
            throw new ShapeException($"Intervention '{Kind}' at {Hook} turned {value.Shape} into {changed.Shape}; the shape must stay.");
        }

        if (!Units.IsEmpty)
        {
            changed = ops.SelectColumns(value, changed, Units.AsSpan());
        }

        return Positions.IsAll && Heads.IsEmpty ? changed : Selected(ops, value, changed, context);
    }

    /// <summary>The changed activation at the positions and heads on which the intervention acts, by a flag for each leading index down to these axes.</summary>
    private Tensor Selected(Ops ops, Tensor value, Tensor changed, HookContext context)
    {
        Shape shape = value.Shape;
        (int positionAxis, int headAxis) = (context.Point.PositionAxis, context.Point.HeadAxis);
        int second = shape[1], third = headAxis < 0 ? 1 : shape[2], count = shape[0] * second * third;
        bool[] rows = ArrayPool<bool>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            (int item, int a, int b) = (i / third / second, i / third % second, i % third);
            (int position, int head) = positionAxis == 1 ? (a, b) : (b, a);
            rows[i] = (Heads.IsEmpty || Heads.Contains(head)) && Positions.Contains(context, item, position); // the place is a column of this pass
        }

        Tensor result = ops.SelectRows(value, changed, rows.AsSpan(0, count));
        ArrayPool<bool>.Shared.Return(rows);
        return result;
    }
}
