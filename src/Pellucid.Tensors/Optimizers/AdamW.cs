// Loshchilov and Hutter 2017, "Decoupled Weight Decay Regularization", arXiv:1711.05101, algorithm 2: a step also multiplies the values by
// 1 − rate · decay, where the rate is the scheduled one, as in PyTorch, instead of by 1 − schedule · decay.
namespace Pellucid.Tensors;

/// <summary>Adam with weight decay that does not go through the moments.</summary>
public sealed class AdamW : Adam
{
    /// <summary>Begins with moments of zero.</summary>
    /// <param name="parameters">What is to be learned; each name once.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="PellucidException">Two parameters have one name, or gradients are to be clipped in two ways.</exception>
    public AdamW(IEnumerable<Parameter> parameters, AdamWOptions options)
        : base(parameters, options, decoupled: true)
    {
    }
}
