using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>Held-out records of a unit, on which a frozen explanation is scored. Made only by <see cref="SealedTest"/>. Immutable.</summary>
public sealed record TestRecords
{
    internal TestRecords(int unit, IReadOnlyList<ActivationRecord> top, IReadOnlyList<ActivationRecord> random) => (Unit, Top, Random) = (unit, top, random);

    /// <summary>Index of the unit.</summary>
    public int Unit { get; }

    /// <summary>The strongest held-out records, strongest first.</summary>
    public IReadOnlyList<ActivationRecord> Top { get; }

    /// <summary>Random held-out records, none of them among <see cref="Top"/>.</summary>
    public IReadOnlyList<ActivationRecord> Random { get; }
}
