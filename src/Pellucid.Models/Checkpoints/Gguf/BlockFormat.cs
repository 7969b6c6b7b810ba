using Pellucid.Models.Checkpoints.Gguf.Blocks;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>
/// How values of one type lie in a file: in blocks of a fixed number of values and bytes, one after another; a row is a whole number of
/// blocks. What is not listed is refused by its name.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="Values">Values of a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Decode">Turns blocks into single-precision numbers.</param>
internal sealed record BlockFormat(GgufType Type, int Values, int Bytes, BlockDecoder Decode)
{
    private static readonly Dictionary<GgufType, BlockFormat> Known = new BlockFormat[]
    {
        new(GgufType.F32, 1, 4, PlainNumbers.F32),
        new(GgufType.F16, 1, 2, PlainNumbers.F16),
        new(GgufType.BF16, 1, 2, PlainNumbers.BF16),
        new(GgufType.Q4_0, 32, 18, SmallBlocks.Q4_0),
        new(GgufType.Q4_1, 32, 20, SmallBlocks.Q4_1),
        new(GgufType.Q5_0, 32, 22, SmallBlocks.Q5_0),
        new(GgufType.Q5_1, 32, 24, SmallBlocks.Q5_1),
        new(GgufType.Q8_0, 32, 34, SmallBlocks.Q8_0),
        new(GgufType.IQ4_NL, 32, 18, SmallBlocks.IQ4_NL),
        new(GgufType.Q2_K, 256, 84, SuperBlocks.Q2_K),
        new(GgufType.Q3_K, 256, 110, SuperBlocks.Q3_K),
        new(GgufType.Q4_K, 256, 144, SuperBlocks.Q4_K),
        new(GgufType.Q5_K, 256, 176, SuperBlocks.Q5_K),
        new(GgufType.Q6_K, 256, 210, SuperBlocks.Q6_K),
        new(GgufType.IQ4_XS, 256, 136, SuperBlocks.IQ4_XS),
        new(GgufType.IQ2_XXS, 256, 66, GridBlocks.IQ2_XXS),
    }.ToDictionary(format => format.Type);

    /// <summary>The types that can be read, for messages.</summary>
    internal static string Readable { get; } = string.Join(", ", Known.Keys);

    /// <summary>The format of a type, or null.</summary>
    internal static BlockFormat? Of(GgufType type) => Known.GetValueOrDefault(type);

    /// <summary>The name of a type, or its number where it has none here.</summary>
    internal static string NameOf(GgufType type) => Enum.IsDefined(type) ? type.ToString() : $"type {(uint)type}";
}
