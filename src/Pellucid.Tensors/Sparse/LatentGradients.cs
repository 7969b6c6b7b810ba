// The gradients of a sparse autoencoder on its active latents (e.g. Gao et al. 2024, arXiv:2406.04093, for the TopK one). For rows r,
// active places (r, i) with value f_ri, inputs x_r with b_dec taken off, and a loss whose gradient with respect to the reconstruction is
// u_r = c · e_r, e_r = target_r − Σ_i f_ri W_dec[i]:
//   ∂L/∂z_ri = u_r · W_dec[i] + λ,   ∂L/∂W_dec[i] = Σ_r f_ri u_r,   ∂L/∂W_enc[i] = Σ_r ∂L/∂z_ri x_r,   ∂L/∂b_enc[i] = Σ_r ∂L/∂z_ri,
//   ∂L/∂b_dec = Σ_r u_r − Σ_i ∂L/∂b_enc[i] W_enc[i]          (the first sum over the first reconstruction only)
// Nothing else has a gradient: a latent that was not chosen, or is 0 under ReLU, costs nothing. A second reconstruction of the first one's
// error (the auxiliary loss of TopK) adds its own places, without b_dec.
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

/// <summary>
/// The backward pass of a dictionary's batch and its update, on the active latents only: <c>Reconstruct</c>, perhaps
/// <see cref="ReconstructError"/>, then <see cref="Write"/> or <see cref="Update"/>. A latent's sums run in the order of the rows, so that no
/// bit depends on the number of threads. Keeps references to the codes and inputs until the next batch, and native memory that it owns:
/// a step allocates nothing once warm. Not for use from several threads.
/// </summary>
public sealed unsafe partial class LatentGradients : IDisposable
{
    private readonly PlacesByLatent _places = new();
    private readonly GrowingBuffer _errors = new();
    private readonly GrowingBuffer _slopes = new();
    private readonly GrowingBuffer _auxiliarySlopes = new();
    private readonly GrowingBuffer _squares = new();
    private readonly GrowingBuffer _partial = new();
    private readonly GrowingBuffer _columns = new();
    private readonly GrowingBuffer _biasGradient = new();
    private readonly PlacesByLatent.Set[] _sets = new PlacesByLatent.Set[2];
    private int _setCount;
    private bool _sorted;
    private Tensor? _inputs;
    private int _rows;
    private int _width;
    private int _latents;
    private float _factor;
    private bool _dense;

    /// <summary>The error of the first reconstruction, [rows, width] in one run.</summary>
    public ReadOnlySpan<float> Error => new(_errors.Pointer, checked(_rows * _width));

    /// <summary>mean ‖e − mean e‖² over rows, of the first reconstruction.</summary>
    public double ErrorVariance { get; private set; }

    /// <summary>Begins a batch: the error of the codes' reconstruction, and the gradient at every active place.</summary>
    /// <param name="inputs">What was encoded, [rows, width]: x with b_dec taken off.</param>
    /// <param name="target">What is to be reconstructed, b_dec taken off, [rows, width]; for an autoencoder the inputs.</param>
    /// <param name="codes">Active latents of the rows.</param>
    /// <param name="decoder">W_dec [latents, width].</param>
    /// <param name="factor">c: the gradient of the loss with respect to the reconstruction is c · e; −2 / rows for mean ‖e‖².</param>
    /// <param name="penalty">λ: the gradient of a penalty with respect to each active value.</param>
    /// <returns>Σ ‖e‖² over the rows.</returns>
    /// <exception cref="ShapeException">The arguments do not fit each other.</exception>
    public double Reconstruct(Tensor inputs, Tensor target, SparseCodes codes, Tensor decoder, double factor, double penalty = 0)
    {
        Require(inputs.Shape.Rank == 2 && decoder.Shape.Rank == 2, inputs, decoder);
        Require(inputs.Shape == target.Shape && inputs.Shape[1] == decoder.Shape[1], inputs, decoder);
        Require(codes.Rows == inputs.Shape[0] && codes.Latents == decoder.Shape[0] && inputs.IsContiguous && target.IsContiguous, inputs, decoder);
        Begin(inputs, codes.Latents, factor);
        _errors.Reserve(2L * _rows * _width * sizeof(float));
        double sum = Decode(codes, decoder, target.Pointer, (float*)_errors.Pointer, _slopes, factor, penalty);
        GC.KeepAlive(target);
        SumColumns(sum);
        return sum;
    }

    /// <summary>Adds a second reconstruction, of the first one's error e: its own error is e − Σ_i f_i W_dec[i].</summary>
    /// <param name="codes">Active latents of the same rows.</param>
    /// <param name="decoder">W_dec [latents, width].</param>
    /// <param name="factor">The gradient of its loss with respect to what it reconstructs is this times its error.</param>
    /// <returns>Σ over the rows of the squares of its error.</returns>
    /// <exception cref="ShapeException">The arguments do not fit the first reconstruction.</exception>
    public double ReconstructError(SparseCodes codes, Tensor decoder, double factor)
    {
        Tensor inputs = _inputs ?? throw new ShapeException("ReconstructError: there is no error yet. Call Reconstruct first.");
        Require(codes.Rows == _rows && codes.Latents == decoder.Shape[0] && decoder.Shape[1] == _width && !_dense, inputs, decoder);
        float* errors = (float*)_errors.Pointer;
        return Decode(codes, decoder, errors, errors + ((nint)_rows * _width), _auxiliarySlopes, factor, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        foreach (GrowingBuffer buffer in (ReadOnlySpan<GrowingBuffer>)
            [_errors, _slopes, _auxiliarySlopes, _squares, _partial, _columns, _biasGradient, _blocks, _sums, _totals])
        {
            buffer.Dispose();
        }
    }

    private void Begin(Tensor inputs, int latents, double factor, bool dense = false)
    {
        (_inputs, _rows, _width, _latents) = (inputs, inputs.Shape[0], inputs.Shape[1], latents);
        (_factor, _dense, _setCount) = ((float)factor, dense, 0);
    }

    private double Decode(SparseCodes codes, Tensor decoder, float* target, float* error, GrowingBuffer slopes, double factor, double penalty)
    {
        double* squares = (double*)_squares.Reserve(Math.Max(1L, _rows) * sizeof(double));
        float* gradients = (float*)slopes.Reserve(Math.Max(1L, codes.Count) * sizeof(float));
        DecodeKernel kernel = new(
            codes.OffsetsPointer, codes.IndicesPointer, codes.ValuesPointer, decoder.Pointer, _width, target, error, squares, gradients, (float)factor, (float)penalty);
        Dispatch.RunRows(kernel, _rows, (long)_width * 16);
        GC.KeepAlive(decoder);
        _sets[_setCount++] = new(codes, slopes, (float)factor);
        _sorted = false;
        return Total(squares);
    }

    private double Total(double* squares)
    {
        double sum = 0;
        for (int row = 0; row < _rows; row++)
        {
            sum += squares[row];
        }

        return sum;
    }

    /// <summary>Column sums of the error, in double over blocks of rows; ‖e − mean e‖² = ‖e‖² − ‖mean e‖² in the mean.</summary>
    private void SumColumns(double squared)
    {
        int blocks = (_rows + ColumnSumKernel.BlockRows - 1) / ColumnSumKernel.BlockRows;
        float* partial = (float*)_partial.Reserve(Math.Max(1L, (long)blocks * _width) * sizeof(float));
        double* columns = (double*)_columns.Reserve(Math.Max(1L, _width) * sizeof(double));
        Dispatch.Run(new ColumnSumKernel((float*)_errors.Pointer, _rows, _width, partial), blocks, 1);
        AddBlocks(partial, blocks, columns);
        double means = 0;
        for (int i = 0; i < _width; i++)
        {
            means += columns[i] / _rows * (columns[i] / _rows);
        }

        ErrorVariance = _rows == 0 ? 0 : (squared / _rows) - means;
    }

    private void AddBlocks(float* partial, int blocks, double* sums)
    {
        new Span<double>(sums, _width).Clear();
        for (int block = 0; block < blocks; block++)
        {
            for (int i = 0; i < _width; i++)
            {
                sums[i] += partial[((nint)block * _width) + i];
            }
        }
    }

    private static void Require(bool fits, Tensor inputs, Tensor decoder)
    {
        if (!fits)
        {
            throw new ShapeException(
                $"LatentGradients: inputs {inputs.Shape}, their target and codes do not fit decoder {decoder.Shape}; expected [rows, width] twice, codes of as many rows and [latents, width].");
        }
    }
}
