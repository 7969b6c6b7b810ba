// Kingma and Ba 2014, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980, algorithm 1, with ε added after the root is
// corrected, as in the algorithm: x -= rate · m̂ / (√v̂ + ε), m̂ = m / (1 − β₁^t), v̂ = v / (1 − β₂^t). AMSGrad is left out.
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors;

/// <summary>Adam. Weight decay adds decay · x to the gradient, and so goes through the moments; see <see cref="AdamW"/>.</summary>
public unsafe class Adam : Optimizer
{
    private readonly AdamOptions _options;
    private readonly bool _decoupled;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;

    /// <summary>Begins with moments of zero.</summary>
    /// <param name="parameters">What is to be learned; each name once.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="PellucidException">Two parameters have one name, or gradients are to be clipped in two ways.</exception>
    public Adam(IEnumerable<Parameter> parameters, AdamOptions options)
        : this(parameters, options, decoupled: false)
    {
    }

    private protected Adam(IEnumerable<Parameter> parameters, AdamOptions options, bool decoupled)
        : base(parameters, options)
    {
        (_options, _decoupled) = (options, decoupled);
        _means = NewState("exp_avg");
        _squares = NewState("exp_avg_sq");
    }

    private protected override void Update(int index, float* values, float* gradient, long length, in UpdateFactors factors)
    {
        AdamFactors own = new()
        {
            Gradient = factors.Gradient,
            Bound = factors.Bound,
            Penalty = _decoupled ? 0 : factors.Decay,
            Keep = _decoupled ? (float)(1 - ((double)factors.Rate * factors.Decay)) : 1,
            KeepMean = _options.Beta1,
            AddMean = (float)(1 - (double)_options.Beta1),
            KeepSquare = _options.Beta2,
            AddSquare = (float)(1 - (double)_options.Beta2),
            Size = (float)(factors.Rate / (1 - Math.Pow(_options.Beta1, factors.Step))),
            Root = (float)Math.Sqrt(1 - Math.Pow(_options.Beta2, factors.Step)),
            Epsilon = _options.Epsilon,
        };
        Dispatch.Run(new AdamKernel(values, gradient, _means[index].Pointer, _squares[index].Pointer, own), length, Dispatch.Grain / 2);
    }
}
