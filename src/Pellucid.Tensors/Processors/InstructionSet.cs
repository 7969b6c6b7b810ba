namespace Pellucid.Tensors;

/// <summary>The vector instructions that the kernels are written for. Each is a superset in speed, never in function.</summary>
public enum InstructionSet
{
    /// <summary>128-bit vectors without fused multiply-add; runs on every processor, with or without hardware vectors.</summary>
    Portable,

    /// <summary>256-bit vectors with fused multiply-add (x86-64-v3).</summary>
    Avx2,

    /// <summary>512-bit vectors with fused multiply-add (x86-64-v4).</summary>
    Avx512,
}
