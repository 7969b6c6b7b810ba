// IQ2_XXS: 256 values at 2.0625 bits. A half-precision d, then for each group of 32 values eight bytes: four bytes name points of a grid
// with eight coordinates each, and a 32-bit word has four times seven signs and, in its top four bits, the group's scale s:
//   x = d · (s + ½) / 4 · (± coordinate)
// The eighth sign of a point is the one that makes the number of minus signs even. The formats of ggml (github.com/ggml-org/ggml, pull
// request 4773) took grid and parity of signs from the E8 lattice of QuIP# (Tseng et al. 2024, arXiv:2402.04396).
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Decoder of IQ2_XXS, whose codes are points of a grid.</summary>
internal static class GridBlocks
{
    /// <summary>The points: eight coordinates of two bits, the first lowest; 0, 1, 2 stand for 8, 25, 43. The format names them by their place here.</summary>
    internal static ReadOnlySpan<ushort> Points =>
    [
        0x0000, 0x0002, 0x0005, 0x0008, 0x000A, 0x0011, 0x0014, 0x0020, 0x0022, 0x0028, 0x002A, 0x0041, 0x0044, 0x0050, 0x0058, 0x0061,
        0x0064, 0x0080, 0x0082, 0x008A, 0x00A2, 0x0101, 0x0104, 0x0110, 0x0115, 0x0140, 0x0184, 0x0198, 0x0200, 0x0202, 0x0222, 0x0282,
        0x0401, 0x0404, 0x0410, 0x0421, 0x0424, 0x0440, 0x0442, 0x0448, 0x0460, 0x0481, 0x0484, 0x0490, 0x04A4, 0x0500, 0x0502, 0x0508,
        0x0520, 0x0546, 0x0569, 0x0580, 0x0591, 0x0609, 0x0610, 0x0640, 0x0684, 0x06A4, 0x0800, 0x0805, 0x0808, 0x0814, 0x0828, 0x0841,
        0x0844, 0x0850, 0x0852, 0x0888, 0x0904, 0x0940, 0x0A02, 0x0A14, 0x1001, 0x1004, 0x1010, 0x1021, 0x1040, 0x1060, 0x1084, 0x1090,
        0x1095, 0x1100, 0x1108, 0x1120, 0x1150, 0x115A, 0x1180, 0x1224, 0x1245, 0x1400, 0x1408, 0x1420, 0x1425, 0x1449, 0x1480, 0x1518,
        0x1562, 0x1600, 0x1616, 0x1801, 0x1804, 0x1810, 0x1840, 0x1881, 0x1900, 0x1905, 0x19A0, 0x1A51, 0x2000, 0x2002, 0x200A, 0x2044,
        0x2061, 0x2080, 0x2082, 0x2129, 0x2148, 0x2200, 0x2202, 0x2401, 0x2404, 0x2410, 0x2440, 0x2456, 0x2500, 0x2541, 0x2564, 0x2690,
        0x2808, 0x2820, 0x2894, 0x2A44, 0x4001, 0x4004, 0x4010, 0x4018, 0x4021, 0x4024, 0x4040, 0x4048, 0x4056, 0x4060, 0x4081, 0x4084,
        0x4090, 0x4100, 0x4120, 0x4161, 0x4180, 0x4185, 0x4201, 0x4210, 0x4248, 0x4256, 0x4268, 0x4400, 0x4408, 0x4420, 0x4480, 0x4499,
        0x4512, 0x4524, 0x4600, 0x4801, 0x4804, 0x4810, 0x4840, 0x4845, 0x4900, 0x4958, 0x4961, 0x4982, 0x4A45, 0x4A90, 0x5000, 0x5008,
        0x5011, 0x5019, 0x5020, 0x5080, 0x5088, 0x5104, 0x5142, 0x51A4, 0x5291, 0x5490, 0x5492, 0x550A, 0x5601, 0x5654, 0x5800, 0x5811,
        0x5819, 0x5864, 0x5940, 0x5A08, 0x6004, 0x6010, 0x6040, 0x6068, 0x6100, 0x6155, 0x6218, 0x6260, 0x6400, 0x6405, 0x6510, 0x6512,
        0x6584, 0x6842, 0x8000, 0x8002, 0x800A, 0x8041, 0x8082, 0x8104, 0x8118, 0x8140, 0x8211, 0x8401, 0x8404, 0x8410, 0x8415, 0x8440,
        0x8460, 0x8500, 0x8546, 0x8594, 0x8609, 0x8640, 0x8660, 0x8802, 0x8904, 0x8A11, 0x9004, 0x9010, 0x9024, 0x9040, 0x90A1, 0x9116,
        0x9180, 0x9245, 0x9400, 0x9422, 0x9444, 0x9551, 0x9881, 0x9920, 0xA002, 0xA050, 0xA085, 0xA109, 0xA200, 0xA418, 0xA850, 0xA904,
    ];

    /// <summary>What two bits of a point stand for.</summary>
    internal static ReadOnlySpan<byte> Coordinates => [8, 25, 43];

    /// <summary>The points with a byte for each coordinate.</summary>
    private static readonly ulong[] Spread = [.. Enumerable.Range(0, 256).Select(point => Bytes(axis => Coordinates[(Points[point] >> (2 * axis)) & 3]))];

    /// <summary>For each seven signs, eight bytes: all ones where the coordinate is negative.</summary>
    private static readonly ulong[] Signs = [.. Enumerable.Range(0, 128).Select(seven => Bytes(axis => (byte)(((SignsOf(seven) >> axis) & 1) * 255)))];

    /// <summary>Eight signs from seven: bit i says that coordinate i is negative.</summary>
    internal static int SignsOf(int seven) => seven | ((BitOperations.PopCount((uint)seven) & 1) << 7);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void IQ2_XXS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[66..], values = values[256..])
        {
            float d = Codes.HalfAt(blocks, 0);
            for (int group = 0; group < 8; group++)
            {
                ulong word = MemoryMarshal.Read<ulong>(blocks[(2 + (group * 8))..]);
                (uint points, uint signs) = ((uint)word, (uint)(word >> 32));
                Vector256<sbyte> coordinates = Vector256.Create(
                    Spread[(byte)points], Spread[(byte)(points >> 8)], Spread[(byte)(points >> 16)], Spread[points >> 24]).AsSByte();
                Vector256<sbyte> negative = Vector256.Create(
                    Signs[signs & 127], Signs[(signs >> 7) & 127], Signs[(signs >> 14) & 127], Signs[(signs >> 21) & 127]).AsSByte();
                float scale = d * ((signs >> 28) + 0.5f) * 0.25f;
                Codes.Scale((coordinates ^ negative) - negative, scale, ref MemoryMarshal.GetReference(values.Slice(group * 32, 32)));
            }
        }
    }

    private static ulong Bytes(Func<int, byte> at)
    {
        ulong bytes = 0;
        for (int axis = 7; axis >= 0; axis--)
        {
            bytes = (bytes << 8) | at(axis);
        }

        return bytes;
    }
}
