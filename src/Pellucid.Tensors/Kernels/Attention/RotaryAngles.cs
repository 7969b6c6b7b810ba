namespace Pellucid.Tensors.Kernels;

/// <summary>The angles of rotary embedding, as tables [positions, dimensions / 2].</summary>
/// <param name="cosines">Of the first position on.</param>
/// <param name="sines">Of the first position on.</param>
/// <param name="dimensions">How many of a head's dimensions are turned, from its first; even.</param>
/// <param name="places">The row of the tables for each vector's position, [batch, positions]; null where they are one after another from the first.</param>
internal readonly unsafe struct RotaryAngles(float* cosines, float* sines, int dimensions, int* places = null)
{
    internal int Half { get; } = dimensions / 2;

    /// <summary>Where the angles of an item, counted over [batch, position], begin.</summary>
    internal (nint Cosines, nint Sines) Of(long item, int positions)
    {
        long row = (places == null ? item % positions : places[item]) * Half;
        return ((nint)(cosines + row), (nint)(sines + row));
    }
}
