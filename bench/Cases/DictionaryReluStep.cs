using Pellucid.Dictionaries.Training;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>One training step of a ReLU + L1 dictionary of which some 0.6 % of the latents are active, against PyTorch by hand, dense.</summary>
internal sealed class DictionaryReluStep : DictionaryCase
{
    private const float Shift = -2.5f; // scores are standard normal: 0.62 % lie above 2.5

    internal override string Name => "dictionary-relu-step-sparse";

    internal override CaseResult Measure(Action<string> log)
    {
        using TopKParameters parameters = TopKParameters.Initial(Latents, new float[Width], seed: 7);
        parameters.EncoderBias.Value.AsSpan().Fill(Shift);
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
            Shift,
            "768 -> 24,576, batch 4,096, L0 0.6 % of the latents.",
            ("pytorch-dense-by-hand", "relu"));
    }
}
