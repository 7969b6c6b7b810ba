namespace Pellucid.Bench.Sgemm;

/// <summary>How a library is asked for a product; each shape is measured with the way that is fastest for it.</summary>
internal enum SgemmCall
{
    /// <summary>sgemm, weights [inputs, outputs].</summary>
    Gemm,

    /// <summary>sgemm, weights [outputs, inputs].</summary>
    GemmTurned,

    /// <summary>sgemv, weights [inputs, outputs].</summary>
    Gemv,

    /// <summary>sgemv, weights [outputs, inputs].</summary>
    GemvTurned,
}
