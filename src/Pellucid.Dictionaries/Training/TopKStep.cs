// One training step of a TopK sparse autoencoder. Gao et al. 2024, "Scaling and evaluating sparse autoencoders", arXiv:2406.04093. Of BatchTopK
// (Bussmann et al. 2024, arXiv:2412.06410) it is the same but for what TopK takes: the k · rows largest of the batch.
//   z = W_enc (x − b_dec) + b_enc,   f = ReLU(TopK(z, k)),   x̂ = W_dec f + b_dec,   e = x − x̂
//   a = ReLU(TopK(z over dead latents, k_aux)),   ê = W_dec a         (no b_dec: e has it taken off already)
//   L = s · mean ‖e‖² + α · mean ‖ê − e‖² / mean ‖e − mean e‖²,       s = 1 / E‖x − μ‖², e constant in the second term
// Gradients, with u = ∂L/∂x̂ = −2 s e / rows, and on the auxiliary path u = ∂L/∂ê = 2 α (ê − e) / (rows · mean ‖e − mean e‖²):
//   over the active places (row r, latent i):  ∂L/∂z_ri = u_r · W_dec[i],  ∂L/∂W_dec[i] = Σ_r f_ri u_r,
//   ∂L/∂W_enc[i] = Σ_r ∂L/∂z_ri (x_r − b_dec),  ∂L/∂b_enc[i] = Σ_r ∂L/∂z_ri,
//   ∂L/∂b_dec = Σ_r u_r (first path only) − Σ_i ∂L/∂b_enc[i] W_enc[i].
// The update takes the part along each decoder row off its gradient, clips the norm of the whole (not in the paper), applies Adam and
// makes decoder rows unit vectors again. From the paper it departs in that b_enc is learned, as in the authors' code, and in that no
// moving average of the weights is kept. A latent chosen with a value of 0 did not fire.
using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// The gradient and the update of one batch. The encoder's product is never written, and only active places cost anything behind it; no
/// bit depends on the number of threads. A step allocates nothing on the managed heap once warm. Not for use from several threads.
/// </summary>
internal sealed class TopKStep(TopKParameters parameters, StepOptions options) : IDisposable
{
    private readonly SparseEncoder _encoder = new() { Screened = options.Screened };
    private readonly SparseEncoder _deadEncoder = new() { Screened = options.Screened };
    private readonly SparseCodes _codes = new();
    private readonly SparseCodes _revived = new();
    private readonly LatentGradients _gradients = new();
    private readonly PostponedUpdates? _postponed = options.PostponeUpdates ? new PostponedUpdates(parameters.Arrays) : null;
    private readonly int[] _dead = new int[parameters.Latents];
    private Tensor _centred = Tensor.Empty(new Shape(0, parameters.Width));

    /// <summary>Loss and gradients of a batch, the latter kept for what follows; counts which latents fired.</summary>
    /// <param name="x">[rows, d_in].</param>
    internal StepMeasures ComputeGradients(Tensor x)
    {
        int rows = x.Shape[0];
        Centre(x);
        _encoder.Pack(parameters.Encoder.Value, parameters.EncoderBias.Value);
        if (options.OfWholeBatch)
        {
            _encoder.BatchTopK(_centred, (long)options.K * rows, _codes);
        }
        else
        {
            _encoder.TopK(_centred, options.K, _codes);
        }

        _postponed?.CatchUp(_codes);
        Tensor decoder = parameters.Decoder.Value;
        double squared = _gradients.Reconstruct(_centred, _centred, _codes, decoder, -2 * options.LossScale / rows) / rows;
        CountFired(rows);
        ReadOnlySpan<int> dead = DeadLatents();

        double auxLoss = 0, variance = dead.Length == 0 ? 0 : _gradients.ErrorVariance;
        if (variance > 0 && options.AuxK > 0 && options.AuxCoefficient > 0)
        {
            _deadEncoder.Pack(parameters.Encoder.Value, parameters.EncoderBias.Value, dead);
            _deadEncoder.TopK(_centred, Math.Min(options.AuxK, dead.Length), _revived);
            _postponed?.CatchUp(_revived);
            double factor = -2 * options.AuxCoefficient / rows / variance;
            auxLoss = _gradients.ReconstructError(_revived, decoder, factor) / rows / variance;
        }

        double loss = (options.LossScale * squared) + (options.AuxCoefficient * auxLoss);
        return new StepMeasures(loss, squared, auxLoss, (double)_codes.Count / rows, dead.Length);
    }

    /// <summary>Moves the parameters against the gradients of the last batch.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 1.</param>
    internal void Update(double rate, long step)
    {
        LatentAdamFactors adam = LatentAdamFactors.Of(rate, step, options.Beta1, options.Beta2, options.AdamEpsilon);
        _gradients.Update(parameters.Arrays, adam, new UpdateOptions { ClipNorm = options.ClipNorm }, _postponed);
    }

    /// <summary>Does what was postponed, so that the parameters may be read.</summary>
    internal void Flush() => _postponed?.Flush();

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
        _deadEncoder.Dispose();
        _codes.Dispose();
        _revived.Dispose();
        _gradients.Dispose();
        _postponed?.Dispose();
        _centred.Dispose();
    }

    /// <summary>x − b_dec.</summary>
    private void Centre(Tensor x)
    {
        int rows = x.Shape[0];
        if (_centred.Shape[0] != rows)
        {
            _centred.Dispose();
            _centred = Tensor.Empty(x.Shape);
        }

        Centring.Subtract(x, parameters.DecoderBias.Value, _centred);
    }

    private void CountFired(int rows)
    {
        long[] since = parameters.SinceFired;
        for (int latent = 0; latent < since.Length; latent++)
        {
            since[latent] += rows;
        }

        foreach (int latent in _codes.Indices)
        {
            since[latent] = 0;
        }
    }

    private ReadOnlySpan<int> DeadLatents()
    {
        int count = 0;
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            if (parameters.SinceFired[latent] >= options.DeadAfterTokens)
            {
                _dead[count++] = latent;
            }
        }

        return _dead.AsSpan(0, count);
    }
}
