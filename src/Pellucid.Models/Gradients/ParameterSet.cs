using System.Collections.Frozen;

namespace Pellucid.Models;

/// <summary>Of which parameters a run gives the gradients. Immutable.</summary>
public sealed class ParameterSet
{
    private readonly FrozenSet<string>? _names;

    private ParameterSet(FrozenSet<string>? names) => _names = names;

    /// <summary>None.</summary>
    public static ParameterSet None { get; } = new(FrozenSet<string>.Empty);

    /// <summary>Every parameter of the model.</summary>
    public static ParameterSet All { get; } = new(null);

    /// <summary>Names that were given; none where all are meant.</summary>
    internal ReadOnlySpan<string> Names => (_names ?? FrozenSet<string>.Empty).Items.AsSpan();

    /// <summary>The parameters of these names (<see cref="ParameterTable"/>).</summary>
    public static ParameterSet Of(params IEnumerable<string> names) => new(names.ToFrozenSet(StringComparer.Ordinal));

    internal bool Contains(string name) => _names is null || _names.Contains(name);
}
