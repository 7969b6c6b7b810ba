// Momentum and Nesterov's form as in Sutskever, Martens, Dahl and Hinton 2013, "On the importance of initialization and momentum in deep
// learning", rewritten like PyTorch's so that the learning rate multiplies the whole step:
// g = gradient + decay · x; b = μ b + g; x -= rate · (b, or g + μ b).
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

/// <summary>Gradient descent, with momentum if wanted. Weight decay adds decay · x to the gradient.</summary>
public sealed unsafe class Sgd : Optimizer
{
    private readonly SgdOptions _options;
    private readonly Tensor[]? _moments;

    /// <summary>Begins with no momentum gathered.</summary>
    /// <param name="parameters">What is to be learned; each name once.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="PellucidException">Two parameters have one name, gradients are to be clipped in two ways, or Nesterov's form has no momentum.</exception>
    public Sgd(IEnumerable<Parameter> parameters, SgdOptions options)
        : base(parameters, options)
    {
        if (options is { IsNesterov: true, Momentum: 0 })
        {
            throw new PellucidException("Nesterov's form looks ahead along the momentum, but Momentum is 0. Set it above 0, or IsNesterov to false.");
        }

        _options = options;
        _moments = options.Momentum == 0 ? null : NewState("momentum_buffer");
    }

    private protected override void Update(int index, float* values, float* gradient, long length, in UpdateFactors factors) => Dispatch.Run(
        new SgdKernel(values, gradient, _moments is null ? null : _moments[index].Pointer, _options.Momentum, _options.IsNesterov, factors),
        length, Dispatch.Grain);
}
