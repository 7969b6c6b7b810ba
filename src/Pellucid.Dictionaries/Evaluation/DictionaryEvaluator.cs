// Measures as in Karvonen et al. 2025, "SAEBench", arXiv:2503.09532, with the denominators written out:
//   variance explained = 1 − E‖x − x̂‖² / E‖x − μ‖², μ the mean of each dimension (not of all values together)
//   loss recovered = (CE_ablated − CE_spliced) / (CE_ablated − CE), the ablation being zero or the mean
using Pellucid.Activations;
using Pellucid.Dictionaries.Evaluation;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries;

/// <summary>Measures a dictionary on text that it was not trained on, by itself and spliced into its model.</summary>
public static class DictionaryEvaluator
{
    /// <summary>Evaluates a dictionary.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="model">The model that it was trained on.</param>
    /// <param name="heldOut">Text that it was not trained on.</param>
    /// <param name="options">How much text, and how it is run.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="PellucidException">The dictionary does not fit the model or comes from another, or the text is empty.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static DictionaryEvaluation Evaluate(
        Dictionary dictionary,
        Model model,
        Corpus heldOut,
        EvaluateOptions? options = null,
        IProgress<EvaluateProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new EvaluateOptions();
        RequireModel(dictionary, model);
        TokenSequence[][] batches = [.. Sequences(model, heldOut, options).Chunk(Math.Max(1, options.BatchSequences))];
        ReconstructionTotals totals = new(dictionary.Config.DIn, dictionary.Config.DSae);
        LossTotals losses = new();
        List<float[][]> clean = [];
        int done = 0, wanted = 2 * batches.Sum(batch => batch.Length);
        foreach (TokenSequence[] batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clean.Add(Observe(dictionary, model, batch, totals));
            progress?.Report(new EvaluateProgress((done += batch.Length) / 2, wanted / 2));
        }

        using Tensor mean = Tensor.From([.. dictionary.InputMean ?? totals.Mean]);
        Model[] changed =
        [
            model.With(Intervention.Zero(dictionary.Hook).At(Positions.ExceptBos)),
            model.With(Intervention.Mean(dictionary.Hook, mean).At(Positions.ExceptBos)),
            model.With(dictionary.Splice()),
        ];
        foreach ((int index, TokenSequence[] batch) in batches.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compare(changed, batch, clean[index], losses);
            progress?.Report(new EvaluateProgress((done += batch.Length) / 2, wanted / 2));
        }

        return Result(dictionary, totals, losses, options);
    }

    private static void RequireModel(Dictionary dictionary, Model model)
    {
        if (dictionary.Provenance?.Model == StoreManifest.NoModel)
        {
            throw new PellucidException(
                $"The dictionary was trained on rows that came from no model ({dictionary.Provenance.Options.GetValueOrDefault("corpus")}), so there is no loss to recover in '{model.Name}'. "
                + "Hold it against the planted directions: pellucid plant measure DICT STORE.");
        }

        if (dictionary.Provenance is { } provenance && provenance.ModelHash != model.Hash)
        {
            throw new PellucidException(
                $"The dictionary was trained on model '{provenance.Model}', not on '{model.Name}': their checkpoints differ. Open that model, or train another dictionary.");
        }

        dictionary.RequireFits(model);
    }

    private static TokenSequence[] Sequences(Model model, Corpus corpus, EvaluateOptions options)
    {
        int prefix = model.Config.BosId is null ? 0 : 1;
        List<TokenSequence> sequences = [];
        long tokens = 0;
        foreach (TokenSequence sequence in TokenSequences.Of(model, corpus, options.SequenceLength, options.LongDocuments))
        {
            if (tokens >= options.MaxTokens)
            {
                break;
            }

            sequences.Add(sequence);
            tokens += sequence.Ids.Count - prefix;
        }

        return tokens > 0 && sequences.Any(sequence => sequence.Ids.Count > 1)
            ? [.. sequences]
            : throw new PellucidException($"Corpus '{corpus.Name}' has no tokens to evaluate on. Give text.");
    }

    /// <summary>Runs the model as it is: sums over activations, and the loss of each token.</summary>
    private static float[][] Observe(Dictionary dictionary, Model model, TokenSequence[] batch, ReconstructionTotals totals)
    {
        TokenBatch tokens = TokenBatch.From([.. batch.Select(sequence => sequence.Ids)]);
        using Run run = model.Run(tokens, new RunOptions { Capture = Capture.Of(dictionary.Hook) });
        using Ops ops = new();
        using Tensor x = run[dictionary.Hook].Reshape(new Shape(tokens.Count * tokens.Positions, dictionary.Config.DIn));
        SparseLatents latents = dictionary.EncodeSparse(ops, x);
        bool[] skip = new bool[x.Shape[0]];
        for (int row = 0; row < skip.Length; row++)
        {
            (int sequence, int position) = Math.DivRem(row, tokens.Positions);
            skip[row] = position >= tokens.Lengths[sequence] || tokens[sequence, position] == model.Config.BosId;
        }

        totals.Add(x, latents, dictionary.Decode(ops, latents), skip);
        return run.TokenLosses();
    }

    private static void Compare(Model[] changed, TokenSequence[] batch, float[][] clean, LossTotals losses)
    {
        TokenBatch tokens = TokenBatch.From([.. batch.Select(sequence => sequence.Ids)]);
        double[][] sums = Array.ConvertAll(changed, model =>
        {
            using Run run = model.Run(tokens);
            return Array.ConvertAll(run.TokenLosses(), Sum);
        });
        for (int i = 0; i < batch.Length; i++)
        {
            losses.Add(batch[i].Document, new Losses(clean[i].Length, Sum(clean[i]), sums[0][i], sums[1][i], sums[2][i]));
        }
    }

    private static double Sum(float[] losses) => losses.Sum(loss => (double)loss);

    private static DictionaryEvaluation Result(Dictionary dictionary, ReconstructionTotals totals, LossTotals losses, EvaluateOptions options)
    {
        Losses total = losses.Total;
        (Interval Zero, Interval Mean)? intervals = losses.Bootstrap(options.BootstrapSamples, options.Seed);
        return new DictionaryEvaluation
        {
            Tokens = totals.Rows,
            Documents = losses.Documents,
            L0 = totals.L0,
            VarianceExplained = totals.VarianceExplained,
            Cosine = totals.Cosine,
            Ce = total.Clean / total.Predicted,
            CeZero = total.Zero / total.Predicted,
            CeMean = total.Mean / total.Predicted,
            MeanFromTraining = dictionary.InputMean is not null,
            CeSpliced = total.Spliced / total.Predicted,
            LossRecovered = total.RecoveredFromZero,
            LossRecoveredInterval = intervals?.Zero,
            LossRecoveredMean = total.RecoveredFromMean,
            LossRecoveredMeanInterval = intervals?.Mean,
            DeadFraction = dictionary.DeadFraction,
            DenseFraction = totals.Densities.Count(density => density > 0.1) / (double)dictionary.Config.DSae,
            Density = DensityHistogram.Of(totals.Densities),
        };
    }
}
