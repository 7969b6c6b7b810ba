using Pellucid.Tensors;
using Pellucid.Tensors.Sparse;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// What steps of every recipe have in common: x − b_dec, the encoder, codes, their gradients, and the update. Not for use from several threads.
/// </summary>
internal abstract class DictionaryStep(TopKParameters parameters, StepOptions options) : IDisposable
{
    private readonly PostponedUpdates? _postponed = options.PostponeUpdates ? new PostponedUpdates(parameters.Arrays) : null;

    protected TopKParameters Parameters => parameters;

    protected StepOptions Options => options;

    protected SparseEncoder Encoder { get; } = new() { Screened = options.Screened };

    protected SparseCodes Codes { get; } = new();

    protected LatentGradients Gradients { get; } = new();

    /// <summary>x − b_dec of the last batch.</summary>
    protected Tensor Centred { get; private set; } = Tensor.Empty(new Shape(0, parameters.Width));

    /// <summary>Loss and gradients of a batch, the latter kept for what follows.</summary>
    /// <param name="x">[rows, d_in].</param>
    internal abstract StepMeasures ComputeGradients(Tensor x);

    /// <summary>Moves the parameters against the gradients of the last batch.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 1.</param>
    internal void Update(double rate, long step)
    {
        LatentAdamFactors adam = LatentAdamFactors.Of(rate, step, options.Beta1, options.Beta2, options.AdamEpsilon);
        Gradients.Update(parameters.Arrays, adam, new UpdateOptions { ClipNorm = options.ClipNorm }, _postponed);
    }

    /// <summary>Does what was postponed, so that the parameters may be read.</summary>
    internal void Flush() => _postponed?.Flush();

    /// <summary>Writes the gradients of the last batch out, as they are before projection and clipping.</summary>
    internal void WriteGradients() => Gradients.Write(
        parameters.Arrays,
        parameters.Encoder.Gradient,
        parameters.EncoderBias.Gradient,
        parameters.Decoder.Gradient,
        parameters.DecoderBias.Gradient);

    public virtual void Dispose()
    {
        Encoder.Dispose();
        Codes.Dispose();
        Gradients.Dispose();
        _postponed?.Dispose();
        Centred.Dispose();
    }

    /// <summary>Begins with a batch: takes b_dec off it and packs the encoder.</summary>
    protected void Begin(Tensor x)
    {
        if (Centred.Shape[0] != x.Shape[0])
        {
            Centred.Dispose();
            Centred = Tensor.Empty(x.Shape);
        }

        Centring.Subtract(x, parameters.DecoderBias.Value, Centred);
        Encoder.Pack(parameters.Encoder.Value, parameters.EncoderBias.Value);
    }

    /// <summary>Brings the latents of some codes up to date before they are decoded.</summary>
    protected void CatchUp(SparseCodes codes) => _postponed?.CatchUp(codes);
}
