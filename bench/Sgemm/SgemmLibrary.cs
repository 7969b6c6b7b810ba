using System.Runtime.InteropServices;

namespace Pellucid.Bench.Sgemm;

/// <summary>A native library of matrix products, called as its documentation says. C [rows, outputs] = A [rows, inputs] · W.</summary>
internal sealed unsafe class SgemmLibrary
{
    private const string Folder = "/usr/lib/x86_64-linux-gnu/";
    private const int RowMajor = 101;
    private const int Plain = 111;
    private const int Turned = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _gemm;
    private readonly delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _gemv;
    private readonly delegate* unmanaged<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int> _dnnl;

    private SgemmLibrary(nint handle)
    {
        if (NativeLibrary.TryGetExport(handle, "dnnl_sgemm", out nint dnnl))
        {
            _dnnl = (delegate* unmanaged<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int>)dnnl;
            return;
        }

        _gemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(handle, "cblas_sgemm");
        _gemv = (delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(handle, "cblas_sgemv");
    }

    /// <summary>The libraries, each with the files in which it is looked for: Debian's path first.</summary>
    internal static IReadOnlyDictionary<string, string[]> Files { get; } = new Dictionary<string, string[]>
    {
        ["openblas"] = [Folder + "openblas-pthread/libopenblas.so.0", "libopenblas.so.0"],
        ["blis"] = [Folder + "blis-openmp/libblis.so.4", "libblis.so.4"],
        ["onednn"] = [Folder + "libdnnl.so.2", "libdnnl.so.2", "libdnnl.so.3"],
    };

    /// <summary>The ways of calling it that make sense for a number of rows.</summary>
    internal IEnumerable<SgemmCall> Calls(int rows) => Enum.GetValues<SgemmCall>()
        .Where(call => call is SgemmCall.Gemm or SgemmCall.GemmTurned || (rows == 1 && _gemv is not null));

    internal static SgemmLibrary? TryLoad(string name)
    {
        foreach (string file in Files[name])
        {
            if (NativeLibrary.TryLoad(file, out nint handle))
            {
                return new SgemmLibrary(handle);
            }
        }

        return null;
    }

    /// <summary>Multiplies by W, stored [inputs, outputs], or [outputs, inputs] for the turned calls.</summary>
    internal void Run(SgemmCall call, int rows, int inputs, int outputs, float* a, float* w, float* c)
    {
        bool turned = call is SgemmCall.GemmTurned or SgemmCall.GemvTurned;
        int strideW = turned ? inputs : outputs;
        if (_dnnl is not null)
        {
            _ = _dnnl((byte)'N', turned ? (byte)'T' : (byte)'N', rows, outputs, inputs, 1, a, inputs, w, strideW, 0, c, outputs);
        }
        else if (call is SgemmCall.Gemm or SgemmCall.GemmTurned)
        {
            _gemm(RowMajor, Plain, turned ? Turned : Plain, rows, outputs, inputs, 1, a, inputs, w, strideW, 0, c, outputs);
        }
        else
        {
            // The vector from the left: c = Wᵀ a.
            _gemv(RowMajor, turned ? Plain : Turned, turned ? outputs : inputs, turned ? inputs : outputs, 1, w, strideW, a, 1, 0, c, 1);
        }
    }
}
