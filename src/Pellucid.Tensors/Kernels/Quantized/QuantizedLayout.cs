namespace Pellucid.Tensors.Kernels;

/// <summary>
/// How panels of <see cref="DType.Q8"/> lie in memory: blocks of 32 inputs by 48 outputs, one after another along the inputs. A block is a scale
/// for each output, then 16 pairs of inputs, <c>[pair][48][2]</c> signed bytes, so that a load widened to 16 bits is what a product of pairs reads.
/// </summary>
internal static class QuantizedLayout
{
    /// <summary>Inputs that share a scale: as many as in the blocks of eight-, four- and two-bit types of GGUF.</summary>
    internal const int Block = 32;

    /// <summary>Pairs of inputs in a block.</summary>
    internal const int Pairs = Block / 2;

    /// <summary>Bytes of a pair of inputs of a panel.</summary>
    internal const int PairBytes = 2 * PackedMatrix.PanelWidth;

    /// <summary>Bytes of the scales of a block.</summary>
    internal const int ScaleBytes = PackedMatrix.PanelWidth * sizeof(float);

    /// <summary>Bytes of a block, a multiple of a cache line: 1.125 a weight.</summary>
    internal const int BlockBytes = ScaleBytes + (Pairs * PairBytes);

    /// <summary>Blocks along the inputs.</summary>
    internal static int Blocks(int inputs) => ProductBlocks.CeilingDivide(inputs, Block);

    /// <summary>Bytes of a panel.</summary>
    internal static nint PanelBytes(int inputs) => (nint)Blocks(inputs) * BlockBytes;

    /// <summary>Bytes of a matrix.</summary>
    internal static long Bytes(int inputs, int outputs) => (long)ProductBlocks.CeilingDivide(outputs, PackedMatrix.PanelWidth) * PanelBytes(inputs);
}
