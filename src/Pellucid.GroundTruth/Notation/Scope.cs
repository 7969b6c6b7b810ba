using System.Collections.Immutable;

namespace Pellucid.GroundTruth.Notation;

/// <summary>The variables of a program, of a call or of a comprehension, inside those around it.</summary>
internal sealed class Scope(Scope? outer)
{
    /// <summary>The scope around this one.</summary>
    internal Scope? Outer => outer;

    /// <summary>Values by name. The dictionary is replaced and never changed, so that who keeps it keeps the values of a moment.</summary>
    internal ImmutableDictionary<string, object> Variables { get; set; } = ImmutableDictionary<string, object>.Empty;
}
