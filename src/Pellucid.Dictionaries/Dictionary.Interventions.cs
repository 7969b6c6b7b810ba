// Splicing and clamping as in Templeton et al. 2024, "Scaling Monosemanticity": the reconstruction error is kept, so that what changes
// is the latent alone. With e = x − x̂ and f' = f but f'_i = value,  x' = W_dec f' + b_dec + e = x + (value − f_i) · W_dec[i].
using Pellucid.Dictionaries.Latents;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries;

public sealed partial class Dictionary
{
    /// <summary>Puts the reconstruction in the place of the activation, everywhere but at BOS. Borrows the dictionary.</summary>
    public Intervention Splice() =>
        Intervention.Custom(Hook, "splice", (ops, x, _) => Reconstruct(ops, x)).At(Positions.ExceptBos);

    /// <summary>
    /// Holds one latent at a value, everywhere but at BOS, and keeps the reconstruction error: x + (value − f) · W_dec[latent]. Borrows
    /// the dictionary.
    /// </summary>
    /// <param name="latent">0 to d_sae − 1.</param>
    /// <param name="value">Its value, in the latent's own units; 0 ablates it.</param>
    /// <exception cref="PellucidException">There is no such latent.</exception>
    public Intervention Clamp(int latent, float value)
    {
        RequireLatent(latent);
        return Intervention.Custom(Hook, $"clamp {latent}", (ops, x, _) => Clamped(ops, x, latent, value)).At(Positions.ExceptBos);
    }

    /// <summary>Holds one latent at a multiple of the largest value that it had on the training text.</summary>
    /// <param name="latent">0 to d_sae − 1.</param>
    /// <param name="multiple">The multiple, also negative.</param>
    /// <exception cref="PellucidException">There is no such latent, it was never active, or the dictionary has no statistics.</exception>
    public Intervention ClampToMultipleOfMax(int latent, float multiple) => Clamp(latent, multiple * MaxOf(latent));

    /// <summary>The largest value of a latent on the training text.</summary>
    /// <exception cref="PellucidException">There is no such latent, it was never active, or the dictionary has no statistics.</exception>
    public float MaxOf(int latent)
    {
        RequireLatent(latent);
        if (Statistics is null)
        {
            throw new PellucidException(
                $"This dictionary has no {StatisticsName}, so the maximum of latent {latent} is unknown. Train it here, gather statistics over a store, or clamp to a value.");
        }

        float max = Statistics.Max(latent);
        return max > 0 ? max : throw new PellucidException($"Latent {latent} was never active on the training text, so it has no maximum. Choose another, or clamp it to a value.");
    }

    private Tensor Clamped(Ops ops, Tensor x, int latent, float value)
    {
        SparseLatents latents = EncodeSparse(ops, x);
        Tensor result = ops.Own(x.To(DType.F32));
        float unit = Unit(latent);
        for (int row = 0; row < latents.Rows; row++)
        {
            RowLoops.AddScaled(result.Row(row), WDec.Row(latent), (value - latents[row, latent]) * unit);
        }

        return result;
    }

    private void RequireLatent(int latent)
    {
        if ((uint)latent >= (uint)Config.DSae)
        {
            throw new PellucidException($"There is no latent {latent} in this dictionary, which has 0 to {Config.DSae - 1}.");
        }
    }
}
