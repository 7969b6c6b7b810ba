namespace Pellucid.Tensors.Kernels;

/// <summary>A kernel with its arguments, which can do any part of its items (elements, rows or tiles) on its own.</summary>
internal interface IRangeKernel
{
    /// <summary>Does the items from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
