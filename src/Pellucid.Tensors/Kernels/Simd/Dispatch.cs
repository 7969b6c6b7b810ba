using System.Runtime.Intrinsics;
using Pellucid.Tensors.Memory;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Runs a kernel on the instruction set of the calling thread, cut into parts for <see cref="Workers"/>.</summary>
internal static class Dispatch
{
    /// <summary>Floats of cheap work in a part: some microseconds, well above the price of handing a part out.</summary>
    internal const long Grain = 16384;

    /// <summary>
    /// Runs the items 0..<paramref name="count"/> in parts of <paramref name="grain"/> items. The cut depends on these two numbers only,
    /// so the bits of a result do not depend on the number of threads.
    /// </summary>
    internal static void Run<TKernel>(in TKernel kernel, long count, long grain)
        where TKernel : struct, IRangeKernel
    {
        if (count <= 0 || MemoryPlan.Current is not null)
        {
            return;
        }

        InstructionSet set = Processor.InstructionSet;
        if (count <= grain)
        {
            Run(kernel, set, 0, count);
            return;
        }

        // A part is an int: vast arrays get larger parts.
        grain = Math.Max(grain, (count + int.MaxValue - 1) / int.MaxValue);
        Workers.For(
            (int)((count + grain - 1) / grain),
            (kernel, set, count, grain),
            static (part, state) =>
            {
                long start = part * state.grain;
                Run(state.kernel, state.set, start, Math.Min(start + state.grain, state.count));
            });
    }

    /// <summary>
    /// Runs items that are rows of <paramref name="width"/> floats, each float <paramref name="cost"/> times as dear as an addition.
    /// </summary>
    internal static void RunRows<TKernel>(in TKernel kernel, long rows, long width, int cost = 1)
        where TKernel : struct, IRangeKernel =>
        Run(kernel, rows, Math.Max(1, Grain / cost / Math.Max(1, width)));

    private static void Run<TKernel>(in TKernel kernel, InstructionSet set, long start, long end)
        where TKernel : struct, IRangeKernel
    {
        switch (set)
        {
            case InstructionSet.Avx512:
                kernel.Run<Avx512Simd, Vector512<float>>(start, end);
                break;
            case InstructionSet.Avx2:
                kernel.Run<Avx2Simd, Vector256<float>>(start, end);
                break;
            default:
                kernel.Run<PortableSimd, Vector128<float>>(start, end);
                break;
        }
    }
}
