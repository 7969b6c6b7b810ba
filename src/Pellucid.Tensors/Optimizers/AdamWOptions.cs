namespace Pellucid.Tensors;

/// <summary>Options of <see cref="AdamW"/>, whose weight decay is 0.01 by default. Immutable.</summary>
public sealed record AdamWOptions : AdamOptions
{
    /// <summary>The same options as those of <see cref="Adam"/>, with another default of weight decay.</summary>
    public AdamWOptions() => WeightDecay = 0.01f;
}
