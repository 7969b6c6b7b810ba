using System.Collections.Frozen;

namespace Pellucid.Models;

/// <summary>Which activations a run keeps. Immutable.</summary>
public sealed class Capture
{
    private Capture(IEnumerable<string> hooks) => Hooks = hooks.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Nothing.</summary>
    public static Capture None { get; } = new([]);

    /// <summary>Names of the activations.</summary>
    public IReadOnlySet<string> Hooks { get; }

    /// <summary>The activations of these names.</summary>
    public static Capture Of(params IEnumerable<string> hooks) => new(hooks);

    /// <summary>Every activation of a model.</summary>
    public static Capture All(Model model) => new(model.Hooks.Points.Select(point => point.Name));
}
