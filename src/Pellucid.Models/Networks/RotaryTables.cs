using System.Numerics;
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>
/// The rotary angles of some layers, made for as many positions as runs have asked for. Those that depend on the length of a run are kept for
/// the last length alone. Safe for any thread.
/// </summary>
internal sealed class RotaryTables(ModelConfig config, double frequencyBase, RotaryScaling? scaling)
{
    private const int Fewest = 512;

    private volatile Made? _made;

    /// <summary>The angles of a run of so many positions.</summary>
    internal RotaryTable For(int positions)
    {
        int length = scaling is { Kind: RotaryScalingKind.Dynamic } && positions > scaling.OriginalContext ? positions : 0;
        if (_made is { } made && made.Length == length && made.Table.Positions >= positions)
        {
            return made.Table;
        }

        int room = length > 0 ? length : Math.Max(positions, Math.Min(config.Context, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(positions, Fewest))));
        (float[] frequencies, float factor) = RotaryFrequencies.Of(config.RotaryDimensions ?? config.DHead, frequencyBase, scaling, length);
        RotaryTable table = RotaryTable.Of(room, frequencies, factor);
        _made = new Made(length, table);
        return table;
    }

    /// <param name="Length">The length that the angles depend on; 0 where they depend on none.</param>
    /// <param name="Table">The angles.</param>
    private sealed record Made(int Length, RotaryTable Table);
}
