namespace Pellucid.Models.Chat;

/// <summary>What <c>loop</c> knows in one turn of a loop.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private object? _last = Arguments.Missing;

    internal int Index { get; set; }

    internal object? Member(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => 1L, // deeper only in recursive loops
        "depth0" => 0L,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new TemplateFunction("loop.cycle", (context, arguments) => arguments.Positional.Count == 0
            ? throw context.Error("loop.cycle needs values to go through.")
            : arguments.Positional[Index % arguments.Positional.Count]),
        "changed" => new TemplateFunction("loop.changed", Changed),
        _ => Undefined.Member(this, name),
    };

    private object? Changed(RenderContext context, Arguments arguments)
    {
        TemplateList now = new(arguments.Positional, isTuple: true);
        bool changed = _last == Arguments.Missing || !TemplateValue.AreEqual(context, _last, now);
        _last = now;
        return changed;
    }
}
