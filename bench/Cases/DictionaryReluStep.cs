using Pellucid.Dictionaries.Training;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>
/// One training step of a ReLU + L1 dictionary, against PyTorch by hand, dense: with some 0.6 % of the latents active, as at the end of
/// training, or with half of them, as in its beginning.
/// </summary>
internal sealed class DictionaryReluStep(bool dense) : DictionaryCase
{
    private readonly float _shift = dense ? 0 : -2.5f; // scores are standard normal: 0.62 % lie above 2.5

    internal override string Name => dense ? "dictionary-relu-step-dense" : "dictionary-relu-step-sparse";

    internal override CaseResult Measure(Action<string> log)
    {
        using TopKParameters parameters = TopKParameters.Initial(Latents, new float[Width], seed: 7);
        parameters.EncoderBias.Value.AsSpan().Fill(_shift);
        using ReluStep step = new(parameters, 1e-3, new StepOptions { K = 1 });
        using Tensor x = Normal(Rows, Width, 1);
        long steps = 0;
        return Measure(
            log,
            () =>
            {
                step.ComputeGradients(x);
                step.Update(1e-4, ++steps);
            },
            _shift,
            $"768 -> 24,576, batch 4,096, L0 {(dense ? "half" : "0.6 %")} of the latents.",
            ("pytorch-dense-by-hand", "relu"));
    }
}
