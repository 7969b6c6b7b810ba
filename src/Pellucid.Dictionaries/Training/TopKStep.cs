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
internal sealed class TopKStep(TopKParameters parameters, StepOptions options) : DictionaryStep(parameters, options)
{
    private readonly SparseEncoder _deadEncoder = new() { Screened = options.Screened };
    private readonly SparseCodes _revived = new();
    private readonly int[] _dead = new int[parameters.Latents];

    /// <summary>Loss and gradients of a batch, the latter kept for what follows; counts which latents fired.</summary>
    /// <param name="x">[rows, d_in].</param>
    internal override StepMeasures ComputeGradients(Tensor x)
    {
        int rows = x.Shape[0];
        Begin(x);
        if (Options.OfWholeBatch)
        {
            Encoder.BatchTopK(Centred, (long)Options.K * rows, Codes);
        }
        else
        {
            Encoder.TopK(Centred, Options.K, Codes);
        }

        CatchUp(Codes);
        Tensor decoder = Parameters.Decoder.Value;
        double squared = Gradients.Reconstruct(Centred, Centred, Codes, decoder, -2 * Options.LossScale / rows) / rows;
        CountFired(rows);
        ReadOnlySpan<int> dead = DeadLatents();

        double auxLoss = 0, variance = dead.Length == 0 ? 0 : Gradients.ErrorVariance;
        if (variance > 0 && Options.AuxK > 0 && Options.AuxCoefficient > 0)
        {
            _deadEncoder.Pack(Parameters.Encoder.Value, Parameters.EncoderBias.Value, dead);
            _deadEncoder.TopK(Centred, Math.Min(Options.AuxK, dead.Length), _revived);
            CatchUp(_revived);
            double factor = -2 * Options.AuxCoefficient / rows / variance;
            auxLoss = Gradients.ReconstructError(_revived, decoder, factor) / rows / variance;
        }

        double loss = (Options.LossScale * squared) + (Options.AuxCoefficient * auxLoss);
        return new StepMeasures(loss, squared, auxLoss, (double)Codes.Count / rows, dead.Length);
    }

    public override void Dispose()
    {
        _deadEncoder.Dispose();
        _revived.Dispose();
        base.Dispose();
    }

    private void CountFired(int rows)
    {
        long[] since = Parameters.SinceFired;
        for (int latent = 0; latent < since.Length; latent++)
        {
            since[latent] += rows;
        }

        foreach (int latent in Codes.Indices)
        {
            since[latent] = 0;
        }
    }

    private ReadOnlySpan<int> DeadLatents()
    {
        int count = 0;
        for (int latent = 0; latent < Parameters.Latents; latent++)
        {
            if (Parameters.SinceFired[latent] >= Options.DeadAfterTokens)
            {
                _dead[count++] = latent;
            }
        }

        return _dead.AsSpan(0, count);
    }
}
