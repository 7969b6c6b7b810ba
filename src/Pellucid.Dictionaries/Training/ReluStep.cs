// One training step of a sparse autoencoder with ReLU and an L1 penalty. Bricken et al. 2023, "Towards Monosemanticity".
//   f = ReLU(W_enc (x − b_dec) + b_enc),   x̂ = W_dec f + b_dec,   L = mean ‖x − x̂‖² + λ mean ‖f‖₁
// with decoder rows of unit norm and the part of their gradient along them taken off. A latent at 0 has no gradient, so that the step is
// that of TopK with other codes and a slope of λ / rows more; it pays while few latents are active.
using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Dictionaries.Training;

/// <summary>The gradient and the update of one batch, on the active latents only. Not for use from several threads.</summary>
internal sealed class ReluStep(TopKParameters parameters, double penalty, StepOptions options) : IDisposable
{
    private readonly SparseEncoder _encoder = new();
    private readonly SparseCodes _codes = new();
    private readonly LatentGradients _gradients = new();
    private Tensor _centred = Tensor.Empty(new Shape(0, parameters.Width));

    /// <summary>Loss and gradients of a batch, the latter kept for what follows.</summary>
    /// <param name="x">[rows, d_in].</param>
    internal StepMeasures ComputeGradients(Tensor x)
    {
        int rows = x.Shape[0];
        if (_centred.Shape[0] != rows)
        {
            _centred.Dispose();
            _centred = Tensor.Empty(x.Shape);
        }

        Centring.Subtract(x, parameters.DecoderBias.Value, _centred);
        _encoder.Pack(parameters.Encoder.Value, parameters.EncoderBias.Value);
        _encoder.Above(_centred, 0, _codes);
        double squared = _gradients.Reconstruct(
            _centred, _centred, _codes, parameters.Decoder.Value, -2 * options.LossScale / rows, penalty / rows) / rows;
        double sum = 0;
        foreach (float value in _codes.Values)
        {
            sum += value;
        }

        return new StepMeasures((options.LossScale * squared) + (penalty * sum / rows), squared, 0, (double)_codes.Count / rows, 0);
    }

    /// <summary>Moves the parameters against the gradients of the last batch.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 1.</param>
    internal void Update(double rate, long step)
    {
        LatentAdamFactors adam = LatentAdamFactors.Of(rate, step, options.Beta1, options.Beta2, options.AdamEpsilon);
        _gradients.Update(parameters.Arrays, adam, new UpdateOptions { ClipNorm = options.ClipNorm });
    }

    /// <summary>Writes the gradients of the last batch out, as they are before projection and clipping.</summary>
    internal void WriteGradients() => _gradients.Write(
        parameters.Arrays,
        parameters.Encoder.Gradient,
        parameters.EncoderBias.Gradient,
        parameters.Decoder.Gradient,
        parameters.DecoderBias.Gradient);

    public void Dispose()
    {
        _encoder.Dispose();
        _codes.Dispose();
        _gradients.Dispose();
        _centred.Dispose();
    }
}
