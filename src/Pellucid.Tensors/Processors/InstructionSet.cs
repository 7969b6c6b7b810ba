namespace Pellucid.Tensors;

/// <summary>The vector instructions that the kernels are written for. Each is a superset in speed, never in function.</summary>
/// <remarks>
/// The last bits differ between sets, since sums are split over other numbers of lanes and products are rounded once or twice. Each set keeps a
/// model's logits within 1e-4 of PyTorch's, so two sets are within 2e-4 of each other; logits of up to 18 differ by 4e-5 at most as measured.
/// </remarks>
public enum InstructionSet
{
    /// <summary>128-bit vectors without fused multiply-add; runs on every processor, with or without hardware vectors.</summary>
    Portable,

    /// <summary>256-bit vectors with fused multiply-add (x86-64-v3).</summary>
    Avx2,

    /// <summary>512-bit vectors with fused multiply-add (x86-64-v4).</summary>
    Avx512,
}
