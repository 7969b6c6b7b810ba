using System.Collections.Frozen;

namespace Pellucid.Models;

/// <summary>Which activations a run keeps. Immutable.</summary>
public sealed class Capture
{
    private readonly FrozenSet<string> _hooks;

    private Capture(IEnumerable<string> hooks) => _hooks = hooks.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Nothing.</summary>
    public static Capture None { get; } = new([]);

    /// <summary>Names of the activations.</summary>
    public IReadOnlySet<string> Hooks => _hooks;

    /// <summary>The same, to be gone through without an enumerator on the heap.</summary>
    internal ReadOnlySpan<string> Names => _hooks.Items.AsSpan();

    internal bool Contains(string hook) => _hooks.Contains(hook);

    /// <summary>The activations of these names.</summary>
    public static Capture Of(params IEnumerable<string> hooks) => new(hooks);

    /// <summary>Every activation of a model.</summary>
    public static Capture All(Model model) => new(model.Hooks.Points.Select(point => point.Name));
}
