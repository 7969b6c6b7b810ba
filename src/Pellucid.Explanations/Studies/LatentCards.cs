using Pellucid.Activations;
using Pellucid.Dictionaries;
using Pellucid.Models;

namespace Pellucid.Explanations.Studies;

/// <summary>Turns scored latents into cards: adds causal scores, and for some of them held-out text with what the explanation predicted.</summary>
internal sealed class LatentCards(Model model, Dictionary dictionary, Population latents, QuickstartOptions options)
{
    private const int ShownTop = 3;
    private const int ShownRandom = 1;
    private const int HistogramBars = 24;

    internal IReadOnlyList<LatentCard> Make(PopulationScores scores, IProgress<double> progress, CancellationToken cancellationToken)
    {
        using CausalScorer scorer = CausalScorer.Of(model, latents.HeldOut, CorpusTokens.Of(latents.Training), new CausalOptions { Seed = options.Seed });
        IReadOnlyList<UnitRecord> records = UnitRecords.Read(latents.Training, latents.Units, latents.TrainingSummary, [.. scores.Units.Select(unit => unit.Unit)], null, cancellationToken);
        HashSet<int> shown = Shown(scores);
        LatentCard[] cards = new LatentCard[scores.Units.Count];
        for (int i = 0; i < cards.Length; i++)
        {
            ScoredUnit unit = scores.Units[i];
            CausalScore causal = scorer.Score(dictionary.ClampToMultipleOfMax(unit.Unit, 1), records[i], cancellationToken);
            cards[i] = Card(unit, causal, shown.Contains(unit.Unit));
            progress.Report((i + 1.0) / cards.Length);
        }

        return cards;
    }

    /// <summary>Latents spread evenly from the best explained to the worst, so that the page hides no failure.</summary>
    private HashSet<int> Shown(PopulationScores scores)
    {
        int[] ranked =
        [
            .. scores.Units.OrderByDescending(unit => unit.Evidence[PatternExplanation.Name].Score.TopAndRandom ?? 0).ThenBy(unit => unit.Unit).Select(unit => unit.Unit),
        ];
        int count = Math.Min(options.Shown, ranked.Length);
        return [.. Enumerable.Range(0, count).Select(i => ranked[count == 1 ? 0 : i * (ranked.Length - 1) / (count - 1)])];
    }

    private LatentCard Card(ScoredUnit unit, CausalScore causal, bool isShown)
    {
        Explanation explanation = unit.Explanations[PatternExplanation.Name];
        SimulationScore score = unit.Evidence[PatternExplanation.Name].Score;
        return new LatentCard
        {
            Index = unit.Unit,
            Density = unit.Density,
            Explanation = explanation.Text,
            ExplanationHash = unit.Evidence[PatternExplanation.Name].ExplanationHash,
            TopAndRandom = score.TopAndRandom,
            RandomOnly = score.RandomOnly,
            TokenTableTopAndRandom = unit.Evidence[TokenTableExplanation.Name].Score.TopAndRandom,
            CausalPercentile = causal.Percentile,
            CausalEffect = causal.Effect,
            Max = latents.TrainingSummary.Max(unit.Unit),
            Histogram = isShown ? Histogram(unit.Unit) : [],
            Examples = isShown ? Examples(unit.Unit, explanation) : [],
        };
    }

    private ShownExample[] Examples(int unit, Explanation explanation)
    {
        Example[] top = [.. latents.HeldOutSummary.Top(unit).Take(ShownTop)];
        Example[] random = [.. latents.HeldOutSummary.Random(unit).Except(top).Take(ShownRandom)];
        return
        [
            .. latents.HeldOut.Records(latents.Units, unit, [.. top, .. random]).Select((record, i) => new ShownExample(
                [.. record.Tokens.Select(model.Tokenizer!.TokenText)], record.Activations, explanation.Predict(record.Tokens), i < top.Length)),
        ];
    }

    /// <summary>Positive values in quarter octaves up to the largest.</summary>
    private int[] Histogram(int unit)
    {
        const int binsPerBar = 2;
        ReadOnlySpan<int> counts = latents.TrainingSummary.Histogram(unit);
        int last = LogHistogram.BinOf(latents.TrainingSummary.Max(unit)), first = Math.Max(LogHistogram.Zero + 1, last - (HistogramBars * binsPerBar) + 1);
        int[] bars = new int[((last - first) / binsPerBar) + 1];
        for (int bin = first; bin <= last; bin++)
        {
            bars[(bin - first) / binsPerBar] += counts[bin];
        }

        return bars;
    }
}
