using Pellucid.Tensors;

namespace Pellucid.Models.Runs;

/// <summary>Holds a run against the memory that there is, before it begins.</summary>
internal static class RunMemory
{
    /// <summary>Part of the free memory below which a rough count is believed without going through the run.</summary>
    private const int Worry = 8;

    /// <summary>Whether a run may hold so much that it is worth going through it beforehand.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">What it is run on.</param>
    /// <param name="capture">What is kept.</param>
    /// <param name="logits">The logits that are computed.</param>
    /// <param name="layersKept">Blocks whose inside is held at once: one, or every one where gradients go back through them.</param>
    internal static bool IsInDoubt(Model model, TokenBatch tokens, Capture capture, LogitsWanted logits, int layersKept) =>
        RoughBytes(model, tokens, capture, logits, layersKept) > (ComputeMemory.Limit - ComputeMemory.Live) / Worry;

    /// <summary>Refuses a run that cannot fit.</summary>
    /// <exception cref="PellucidException">Its peak is more than there may be.</exception>
    internal static void Require(TokenBatch tokens, long peak) => ComputeMemory.Require(
        peak, $"A run of {tokens.Count} sequences of {tokens.Positions} tokens", "Run fewer sequences at once, or shorter ones, or keep less of them.");

    /// <summary>A count in doubles, since what it guards against may be beyond every integer.</summary>
    private static double RoughBytes(Model model, TokenBatch tokens, Capture capture, LogitsWanted wanted, int layersKept)
    {
        ModelConfig config = model.Config;
        double places = (double)tokens.Count * tokens.Positions;
        double block = (6.0 * config.DModel) + (4.0 * config.DHead * (config.Heads + config.KeyHeads)) + (4.0 * config.DMlp);
        double logits = wanted switch
        {
            LogitsWanted.All => 2.0 * config.Outputs,
            LogitsWanted.Last => 2.0 * config.Outputs / tokens.Positions,
            _ => 0,
        };
        double looked = 0;
        foreach (string hook in capture.Names)
        {
            looked += ValuesAtAPlace(model, tokens, hook);
        }

        foreach (string hook in model.InterventionsAt.Keys)
        {
            looked += ValuesAtAPlace(model, tokens, hook);
        }

        return sizeof(float) * places * ((block * layersKept) + logits + looked);
    }

    /// <summary>The values of an activation at one position, three times over: as it was made, as it was changed, and as it is kept.</summary>
    private static double ValuesAtAPlace(Model model, TokenBatch tokens, string hook)
    {
        HookPoint point = model.Hooks[hook];
        if (point.Axes[^1] == "key")
        {
            return 3.0 * model.Config.Heads * tokens.Positions;
        }

        double product = 3;
        for (int axis = 0; axis < point.Sizes.Count; axis++)
        {
            product *= Math.Max(1, point.Sizes[axis]);
        }

        return product;
    }
}
