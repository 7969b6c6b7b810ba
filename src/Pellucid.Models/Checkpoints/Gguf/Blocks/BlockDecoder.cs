namespace Pellucid.Models.Checkpoints.Gguf.Blocks;

/// <summary>Turns whole blocks into single-precision numbers.</summary>
/// <param name="blocks">The blocks, one after another.</param>
/// <param name="values">Room for as many values as the blocks have.</param>
internal delegate void BlockDecoder(ReadOnlySpan<byte> blocks, Span<float> values);
