// Causal score: mean over held-out contexts and positions of Δ log p(tokens that follow the unit's top training examples)
//   − Δ log p(tokens of equal frequency), the unit driven to its maximum; as a percentile among random directions of equal write norm.
// The two sets weigh the same, so the normalizer of the softmax cancels and logits serve for log-probabilities.
// A control adds to each position a random unit direction times the length of what the driven unit changed there.
using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations;

/// <summary>
/// Scores units of one hook by driving them in held-out contexts. The clean run is shared between units. Safe for any thread once made;
/// borrows the model and owns the clean run.
/// </summary>
public sealed class CausalScorer : IDisposable
{
    private readonly Model _model;
    private readonly string _hook;
    private readonly CorpusTokens _corpus;
    private readonly CausalOptions _options;
    private readonly int[][] _contexts;
    private readonly int _prefix;
    private readonly Run _clean;
    private readonly Tensor _directions;

    /// <summary>Runs the contexts once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="hook">The hook that is written to, [batch, pos, width].</param>
    /// <param name="contexts">Held-out texts of equal length, without BOS.</param>
    /// <param name="corpus">Tokens of the training text, whose frequencies are matched.</param>
    /// <param name="options">Number of controls and seed.</param>
    /// <exception cref="PellucidException">There is no context, or they differ in length.</exception>
    public CausalScorer(Model model, string hook, IReadOnlyList<IReadOnlyList<int>> contexts, CorpusTokens corpus, CausalOptions? options = null)
    {
        (_model, _hook, _corpus, _options) = (model, hook, corpus, options ?? new CausalOptions());
        if (contexts.Count == 0 || contexts.Any(context => context.Count != contexts[0].Count || context.Count == 0))
        {
            throw new PellucidException($"A causal score needs contexts of one length; {contexts.Count} were given.");
        }

        int[] prefix = model.Config.BosId is { } bos ? [bos] : [];
        _prefix = prefix.Length;
        _contexts = [.. contexts.Select(context => (int[])[.. prefix, .. context])];
        _clean = Run(model, TokenBatch.From(_contexts), capture: true, default);
        int width = _clean[hook].Shape.Width;
        _directions = RandomDirections(_options.Controls, width, _options.Seed);
    }

    /// <summary>A scorer over contexts drawn from a held-out store: beginnings of sequences, by seed.</summary>
    /// <exception cref="PellucidException">No sequence of the store is long enough.</exception>
    public static CausalScorer Of(Model model, ActivationStore heldOut, CorpusTokens corpus, CausalOptions? options = null)
    {
        options ??= new CausalOptions();
        int[] order = new SeededRandom(options.Seed, stream: 0xCA5).Sample(heldOut.Sequences, heldOut.Sequences);
        int[][] contexts =
        [
            .. order.Select(heldOut.Tokens).Where(tokens => tokens.Length >= options.ContextTokens)
                .Take(options.Contexts).Select(tokens => tokens[..options.ContextTokens]),
        ];
        return new CausalScorer(model, heldOut.Manifest.Hook, contexts, corpus, options);
    }

    /// <summary>Scores one unit.</summary>
    /// <param name="driven">Drives the unit to its maximum at this scorer's hook: <c>dictionary.Clamp(latent, max)</c>.</param>
    /// <param name="record">Training records of the unit, strongest first.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="PellucidException">The intervention acts on another hook.</exception>
    public CausalScore Score(Intervention driven, UnitRecord record, CancellationToken cancellationToken = default)
    {
        if (driven.Hook != _hook)
        {
            throw new PellucidException($"The intervention acts on {driven.Hook}, this scorer on {_hook}. Make a scorer for that hook.");
        }

        FollowingTokens tokens = FollowingTokens.Of([.. record.Train.Take(_options.Examples)], _corpus, _options.Strong);
        CausalScore empty = new() { Controls = _options.Controls, Following = tokens.Following, Matched = tokens.Matched };
        if (tokens.Matched.Count == 0)
        {
            return empty;
        }

        double[] weights = tokens.Weights(_model.Config.Vocabulary);
        using Run run = Run(_model.With(driven), TokenBatch.From(_contexts), capture: true, cancellationToken);
        float[] norms = ChangeNorms(run[_hook]);
        double effect = Effects(run.Logits, weights)[0];
        double[] controls = Controls(norms, weights, cancellationToken);
        return empty with
        {
            Effect = effect,
            Percentile = controls.Length == 0 ? null : controls.Average(control => control < effect ? 1 : control == effect ? 0.5 : 0),
            ControlMean = controls.Length == 0 ? null : controls.Average(),
            WriteNorm = norms.Where((_, row) => IsScored(row)).Average(norm => (double)norm),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clean.Dispose();
        _directions.Dispose();
    }

    private static Tensor RandomDirections(int count, int width, long seed)
    {
        SeededRandom random = new(seed, stream: 0xCA6);
        Tensor directions = Tensor.Empty(new Shape(count, width));
        for (int i = 0; i < count; i++)
        {
            Span<float> direction = directions.Row(i);
            double sum = 0;
            for (int j = 0; j < width; j++)
            {
                direction[j] = (float)random.NextNormal();
                sum += direction[j] * direction[j];
            }

            foreach (ref float value in direction)
            {
                value = (float)(value / Math.Sqrt(sum));
            }
        }

        return directions;
    }

    private bool IsScored(int row) => row % _contexts[0].Length >= _prefix;

    private Run Run(Model model, TokenBatch tokens, bool capture, CancellationToken cancellationToken) => model.Run(
        tokens, new RunOptions { Capture = capture ? Capture.Of(_hook) : Capture.None, CancellationToken = cancellationToken });

    private float[] ChangeNorms(Tensor driven)
    {
        Tensor clean = _clean[_hook];
        float[] norms = new float[clean.Shape.Rows];
        for (int row = 0; row < norms.Length; row++)
        {
            ReadOnlySpan<float> before = clean.Row(row), after = driven.Row(row);
            double sum = 0;
            for (int i = 0; i < before.Length; i++)
            {
                double change = after[i] - before[i];
                sum += change * change;
            }

            norms[row] = (float)Math.Sqrt(sum);
        }

        return norms;
    }

    private double[] Controls(float[] norms, double[] weights, CancellationToken cancellationToken)
    {
        List<double> effects = [];
        foreach (int[] chosen in Enumerable.Range(0, _options.Controls).Chunk(Math.Max(1, _options.ControlBatch)))
        {
            Intervention added = Intervention.Custom(_hook, "random directions", (ops, x, _) =>
            {
                Tensor change = ops.Own(Tensor.Empty(x.Shape));
                for (int row = 0; row < change.Shape.Rows; row++)
                {
                    ReadOnlySpan<float> direction = _directions.Row(chosen[row / norms.Length]);
                    Span<float> to = change.Row(row);
                    float norm = norms[row % norms.Length];
                    for (int i = 0; i < to.Length; i++)
                    {
                        to[i] = norm * direction[i];
                    }
                }

                return ops.Add(x, change);
            });
            TokenBatch batch = TokenBatch.From([.. chosen.SelectMany(_ => _contexts)]);
            using Run run = Run(_model.With(added), batch, capture: false, cancellationToken);
            effects.AddRange(Effects(run.Logits, weights));
        }

        return [.. effects];
    }

    /// <summary>One effect for each repetition of the contexts in a batch: Σ weight · Δ logit, averaged over the positions after BOS.</summary>
    private double[] Effects(Tensor logits, double[] weights)
    {
        int rows = _contexts.Length * _contexts[0].Length;
        int[] used = [.. Enumerable.Range(0, weights.Length).Where(token => weights[token] != 0)];
        double[] effects = new double[logits.Shape.Rows / rows];
        for (int row = 0; row < logits.Shape.Rows; row++)
        {
            if (!IsScored(row))
            {
                continue;
            }

            ReadOnlySpan<float> changed = logits.Row(row), clean = _clean.Logits.Row(row % rows);
            double sum = 0;
            foreach (int token in used)
            {
                sum += weights[token] * (changed[token] - clean[token]);
            }

            effects[row / rows] += sum / (_contexts.Length * (_contexts[0].Length - _prefix));
        }

        return effects;
    }
}
