// The same gradients where many latents are active, with A = f [rows, latents] in panels and U = c · E:
//   E = target − A W_dec,   ∂L/∂W_dec = c · Aᵀ E,   ∂L/∂Z = (c · E W_decᵀ + λ) where A > 0,   ∂L/∂W_enc = ∂L/∂Zᵀ X.
// Three of the four products have a factor that is zero where a latent is not active, and leave it out (ActiveProduct); that for ∂L/∂Z
// is dense, and takes A's place in memory as it is made.
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class LatentGradients
{
    private readonly GrowingBuffer _blocks = new();
    private readonly GrowingBuffer _sums = new();
    private readonly GrowingBuffer _totals = new();

    /// <summary>
    /// Begins a batch whose latents are dense, and sums its gradients. The same as for codes but for the order of the sums, which here is that
    /// of blocks of 48. <see cref="ReconstructError"/> does not follow it.
    /// </summary>
    /// <param name="inputs">What was encoded, [rows, width]: x with b_dec taken off.</param>
    /// <param name="target">What is to be reconstructed, b_dec taken off, [rows, width]; for an autoencoder the inputs.</param>
    /// <param name="panels">Latents of the rows; their gradients afterwards.</param>
    /// <param name="decoder">W_dec [latents, width].</param>
    /// <param name="factor">c: the gradient of the loss with respect to the reconstruction is c · e; −2 / rows for mean ‖e‖².</param>
    /// <param name="penalty">λ: the gradient of a penalty with respect to each active value.</param>
    /// <returns>Σ ‖e‖² over the rows.</returns>
    /// <exception cref="ShapeException">The arguments do not fit each other.</exception>
    public double Reconstruct(Tensor inputs, Tensor target, LatentPanels panels, Tensor decoder, double factor, double penalty = 0)
    {
        Require(inputs.Shape.Rank == 2 && decoder.Shape.Rank == 2, inputs, decoder);
        Require(inputs.Shape == target.Shape && inputs.Shape[1] == decoder.Shape[1], inputs, decoder);
        Require(panels.Rows == inputs.Shape[0] && panels.Latents == decoder.Shape[0] && inputs.IsContiguous && target.IsContiguous, inputs, decoder);
        Require(decoder.IsContiguous, inputs, decoder);
        Begin(inputs, panels.Latents, factor, dense: true);
        float* errors = (float*)_errors.Reserve(Math.Max(1L, (long)_rows * _width) * sizeof(float));
        float* blocks = (float*)_blocks.Reserve(BlocksLength() * sizeof(float));
        float* decoderSums = (float*)_sums.Reserve(Math.Max(1, 2L * _latents * _width) * sizeof(float));
        double* totals = (double*)_totals.Reserve(Math.Max(1L, _latents) * sizeof(double));
        double* squares = (double*)_squares.Reserve(Math.Max(1L, _rows) * sizeof(double));

        BlockPacking.Run(decoder.Pointer, _latents, _width, blocks);
        ActiveProduct.Run(new() { A = panels.Pointer, Rows = _rows, Depth = _latents, Width = _width, Blocks = blocks, Y = errors });
        Dispatch.RunRows(new ErrorKernel(target.Pointer, errors, _width, squares), _rows, _width, 2);
        double sum = Total(squares);
        SumColumns(sum);
        SumByLatent(panels, errors, blocks, decoderSums, null);
        PanelPacking.Run(decoder.Pointer, 1, _width, PanelRange.All(_width, _latents), (byte*)blocks, DType.F32);
        EncoderArguments product = new() { X = errors, Stride = _width, Rows = _rows, Width = _width, Latents = _latents, Panels = blocks };
        EncoderKernel<SlopeSink>.Run(product, new EncoderCut(_rows, _width, _latents), new SlopeSink(panels.Pointer, _rows, _factor, (float)penalty));
        SumByLatent(panels, inputs.Pointer, blocks, decoderSums + ((nint)_latents * _width), totals);
        GC.KeepAlive(target);
        GC.KeepAlive(decoder);
        GC.KeepAlive(panels);
        return sum;
    }

    /// <summary>Σ_r A_ri y_r, and Σ_r A_ri.</summary>
    private void SumByLatent(LatentPanels panels, float* y, float* blocks, float* sums, double* totals)
    {
        BlockPacking.Run(y, _rows, _width, blocks);
        ActiveProduct.Run(new()
        {
            A = panels.Pointer,
            Turned = true,
            Rows = _latents,
            Depth = _rows,
            Width = _width,
            Blocks = blocks,
            Y = sums,
            Totals = totals,
        });
    }

    /// <summary>Floats that hold any of the packed factors.</summary>
    private long BlocksLength() => Math.Max(
        Math.Max(BlockPacking.Length(_latents, _width), BlockPacking.Length(_rows, _width)), Math.Max(1, PackedMatrix.PackedLength(_width, _latents)));
}
