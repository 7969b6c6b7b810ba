using Pellucid.Tensors;

namespace Pellucid.Models.Runs;

/// <summary>Holds a run against the memory that there is, before it begins.</summary>
internal static class RunMemory
{
    /// <summary>Part of the free memory below which a rough count is believed without going through the run.</summary>
    private const int Worry = 8;

    /// <summary>Refuses a run that cannot fit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">What it is run on.</param>
    /// <param name="options">What is kept.</param>
    /// <param name="layersKept">Blocks whose inside is held at once: one, or every one where gradients go back through them.</param>
    /// <param name="peak">Gives the exact peak.</param>
    /// <exception cref="PellucidException">It would hold more than there may be.</exception>
    internal static void Require(Model model, TokenBatch tokens, RunOptions options, int layersKept, Func<long> peak)
    {
        if (RoughBytes(model, tokens, options, layersKept) > (ComputeMemory.Limit - ComputeMemory.Live) / Worry)
        {
            ComputeMemory.Require(
                peak(), $"A run of {tokens.Count} sequences of {tokens.Positions} tokens", "Run fewer sequences at once, or shorter ones, or keep less of them.");
        }
    }

    /// <summary>A count in doubles, since what it guards against may be beyond every integer.</summary>
    private static double RoughBytes(Model model, TokenBatch tokens, RunOptions options, int layersKept)
    {
        ModelConfig config = model.Config;
        double places = (double)tokens.Count * tokens.Positions;
        double block = (6.0 * config.DModel) + (4.0 * config.DHead * (config.Heads + config.KeyHeads)) + (4.0 * config.DMlp);
        double logits = options.Logits switch
        {
            LogitsWanted.All => 2.0 * config.Vocabulary,
            LogitsWanted.Last => 2.0 * config.Vocabulary / tokens.Positions,
            _ => 0,
        };
        double looked = 0;
        foreach (string hook in options.Capture.Hooks.Concat(model.InterventionsAt.Keys))
        {
            HookPoint point = model.Hooks[hook];
            looked += 3.0 * (point.Axes[^1] == "key" ? (double)config.Heads * tokens.Positions : point.Sizes.Where(size => size > 0).Aggregate(1.0, (product, size) => product * size));
        }

        return sizeof(float) * places * ((block * layersKept) + logits + looked);
    }
}
