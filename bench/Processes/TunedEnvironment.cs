using System.Diagnostics;

namespace Pellucid.Bench.Processes;

/// <summary>The environment in which a native baseline runs fastest: all cores, an allocator that keeps its memory, huge pages.</summary>
internal static class TunedEnvironment
{
    internal const string Description = "malloc keeps its memory, huge pages";

    /// <summary>Sets it.</summary>
    /// <param name="start">The process to come.</param>
    /// <param name="blas">Debian's folder of the BLAS that comes first in the library path, such as <c>openblas-openmp</c>; none where null.</param>
    internal static void Set(ProcessStartInfo start, string? blas = null)
    {
        string threads = $"{Environment.ProcessorCount}";
        foreach ((string key, string value) in new (string, string)[]
        {
            ("OMP_NUM_THREADS", threads),
            ("OPENBLAS_NUM_THREADS", threads),
            ("BLIS_NUM_THREADS", threads),
            ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
            ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
            ("MALLOC_TOP_PAD_", "1073741824"),
            ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"),
        })
        {
            start.Environment[key] = value;
        }

        if (blas is not null)
        {
            start.Environment["LD_LIBRARY_PATH"] = $"/usr/lib/x86_64-linux-gnu/{blas}";
        }
    }
}
