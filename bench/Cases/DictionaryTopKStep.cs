using Pellucid.Dictionaries.Training;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases;

/// <summary>
/// One training step of a TopK dictionary, k 32: encoder, selection, decoder, all gradients, unit-norm projection and Adam. The baselines
/// are PyTorch as it is usually written (a tape, torch.optim.Adam), decoding densely or by embedding_bag, and the same by hand without a
/// tape, with everything in place; "both" has the encoder's gradient by embedding_bag too.
/// </summary>
internal sealed class DictionaryTopKStep(bool screened) : DictionaryCase
{
    internal override string Name => screened ? "dictionary-topk-step-screened" : "dictionary-topk-step";

    internal override CaseResult Measure(Action<string> log)
    {
        using TopKParameters parameters = TopKParameters.Initial(Latents, new float[Width], seed: 7);
        using TopKStep step = new(parameters, new StepOptions { K = K, Screened = screened });
        using Tensor x = Normal(Rows, Width, 1);
        long steps = 0;
        return Measure(
            log,
            () =>
            {
                step.ComputeGradients(x);
                step.Update(1e-4, ++steps);
            },
            shift: 0,
            "768 -> 24,576, batch 4,096, k 32.",
            ("pytorch-dense", "topk-autograd"),
            ("pytorch-embedding-bag", "topk-bag-autograd"),
            ("pytorch-dense-by-hand", "topk"),
            ("pytorch-embedding-bag-by-hand", "topk-bag"),
            ("pytorch-embedding-bag-both-by-hand", "topk-bag-both"));
    }
}
