using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// What one run of a model gave: logits and the activations that were asked for. Owns their memory until disposed.
/// Reading is safe from many threads.
/// </summary>
public sealed class Run : IDisposable
{
    private readonly ForwardPass _pass = new(recorded: false);
    private Tensor? _logits;
    private ModelConfig? _config;

    internal Run(TokenBatch tokens) => Tokens = tokens;

    /// <summary>The tokens that went in.</summary>
    public TokenBatch Tokens { get; private set; }

    /// <summary>Logits, [batch, pos, d_vocab_out]; one position where only the last was asked for.</summary>
    /// <exception cref="PellucidException">The run was asked for no logits, or the network has no unembedding.</exception>
    public Tensor Logits => _logits ?? throw WithoutLogits();

    /// <summary>The captured activations by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Activations => _pass.Kept;

    /// <summary>A captured activation.</summary>
    /// <param name="hook">Its name.</param>
    /// <exception cref="PellucidException">It was not captured.</exception>
    public Tensor this[string hook] => _pass.Kept.TryGetValue(hook, out Tensor? value)
        ? value
        : throw new PellucidException(
            $"Hook '{hook}' was not captured in this run. Captured: {(_pass.Kept.Count == 0 ? "nothing" : string.Join(", ", _pass.Kept.Keys))}.");

    /// <summary>Loss of each predicted token in nats: [batch][length − 1], the first token of a sequence being predicted by none.</summary>
    /// <exception cref="PellucidException">The run has no logits for every position, the model's outputs are not its tokens, or it attends both ways.</exception>
    public float[][] TokenLosses()
    {
        _config?.RequirePredictions("A loss");
        if (_config is { IsCausal: false })
        {
            throw new PellucidException("A loss of predicted tokens needs a network that sees only what came before; this one attends both ways, and sees each of them. Read its logits.");
        }

        if (Logits.Shape[1] != Tokens.Positions)
        {
            throw new PellucidException("Losses need the logits of every position. Run with LogitsWanted.All.");
        }

        using Ops ops = new();
        float[][] losses = new float[Tokens.Count][];
        for (int row = 0; row < Tokens.Count; row++)
        {
            int predicted = Tokens.Lengths[row] - 1;
            losses[row] = [];
            if (predicted > 0)
            {
                int[] targets = [.. Enumerable.Range(1, predicted).Select(position => Tokens[row, position])];
                using Tensor sequence = Logits.Slice(0, row, 1);
                using Tensor used = sequence.Slice(1, Tokens.FirstColumns[row], predicted);
                losses[row] = ops.CrossEntropy(used, targets).ToArray();
            }
        }

        return losses;
    }

    /// <summary>Mean loss over all predicted tokens, in nats; NaN where none is predicted.</summary>
    /// <exception cref="PellucidException">The run has no logits for every position, the model's outputs are not its tokens, or it attends both ways.</exception>
    public double Loss()
    {
        double sum = 0;
        long count = 0;
        foreach (float[] sequence in TokenLosses())
        {
            sum += sequence.Sum(loss => (double)loss);
            count += sequence.Length;
        }

        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>Frees logits and activations.</summary>
    public void Dispose() => _pass.Dispose();

    /// <summary>Runs a model, in place of what this held before.</summary>
    internal Run Execute(Model model, TokenBatch tokens, RunOptions options, KeyValueCache? cache, int prompt)
    {
        (Tokens, _logits, _config) = (tokens, null, model.Config);
        _logits = _pass.Execute(model, tokens, options, cache, prompt);
        return this;
    }

    private PellucidException WithoutLogits()
    {
        _config?.RequireLogits("What was asked of this run");
        return new PellucidException("This run computed no logits. Run with LogitsWanted.All or Last.");
    }
}
