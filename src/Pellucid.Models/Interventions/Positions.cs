using System.Collections.Frozen;

namespace Pellucid.Models;

/// <summary>
/// At which positions an intervention acts. Positions are those in a sequence, from 0 for its first token: padding in front has none. Immutable.
/// </summary>
public sealed class Positions
{
    private readonly Func<HookContext, int, int, bool>? _contains;

    private Positions(Func<HookContext, int, int, bool>? contains, string name)
    {
        _contains = contains;
        Name = name;
    }

    /// <summary>Everywhere.</summary>
    public static Positions All { get; } = new(null, "all");

    /// <summary>Everywhere but on the BOS token.</summary>
    public static Positions ExceptBos { get; } =
        new(static (context, row, column) => context.Tokens.Ids[(row * context.Tokens.Positions) + column] != context.BosId, "all but BOS");

    /// <summary>How it reads in provenance.</summary>
    public string Name { get; }

    internal bool IsAll => _contains is null;

    /// <summary>Absolute positions, from 0.</summary>
    public static Positions At(params IEnumerable<int> positions)
    {
        FrozenSet<int> chosen = positions.ToFrozenSet();
        return new((context, row, column) => chosen.Contains(context.PositionOf(row, column)), string.Join(',', chosen.Order()));
    }

    /// <summary>This absolute position and all after it.</summary>
    public static Positions From(int first) => new((context, row, column) => context.PositionOf(row, column) >= first, $"from {first}");

    internal bool Contains(HookContext context, int row, int column) => _contains?.Invoke(context, row, column) ?? true;
}
