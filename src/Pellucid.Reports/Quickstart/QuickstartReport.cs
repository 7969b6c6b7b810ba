using System.Text;
using Pellucid.Explanations.Studies;
using Pellucid.Tensors.Files;

namespace Pellucid.Reports;

/// <summary>
/// The page of a quickstart: one HTML file that needs no network. What the dictionary is, how well its latents are explained beside
/// every control, the latents themselves with held-out text, and one of them steered.
/// </summary>
public static class QuickstartReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="path">The file; written whole or not at all.</param>
    /// <exception cref="BadFileException">It cannot be written.</exception>
    public static void Write(QuickstartResult result, string path) => AtomicFile.WriteAllText(path, Render(result));

    /// <summary>The page as text.</summary>
    public static string Render(QuickstartResult result)
    {
        StringBuilder page = new();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append("<title>Pellucid quickstart</title><style>").Append(PageStyle.Css).Append("</style></head><body><main>");
        page.Append("<h1>What is inside ").Append(Html.Encode(result.Model)).Append("</h1>");
        page.Append("<p class=\"lead\">").Append(Lead(result)).Append("</p>");
        page.Append("<h2>Do the explanations hold?</h2>").Append(ScoresIntroduction).Append(ScoreChart.Render(result));
        ScoreTable(page, result);
        ComparisonTable(page, result);
        page.Append("<h2>The dictionary on held-out text</h2>");
        DictionaryTable(page, result);
        Steering(page, result.Steering);
        page.Append("<h2>Latents</h2>").Append(LatentsIntroduction(result));
        foreach (LatentCard card in result.Shown)
        {
            Card(page, card);
        }

        AllLatents(page, result);
        return page.Append("</main></body></html>\n").ToString();
    }

    private const int LongCell = 40;

    private const string ScoresIntroduction =
        "<p>Each explanation was written from training text and frozen; it then predicted the unit’s value at every token of held-out records it had never seen. "
        + "The score is the correlation of prediction and truth over five top and five random records, averaged over units drawn by seed; "
        + "lines are 95 % bootstrap intervals over units. Controls are brought to the density of the latents, since sparsity alone raises the score.</p>";

    private static string Lead(QuickstartResult result) =>
        $"A TopK sparse autoencoder with {result.DSae:N0} latents (k = {result.K}) was trained on {result.Tokens:N0} activations of "
        + $"<code>{Html.Encode(result.Hook)}</code> (width {result.DIn}). It recovers {Html.Percent(result.LossRecovered)} of the loss that silencing the hook costs. "
        + $"{result.Latents.Count} of its latents were explained by patterns of text, tested on stories they had not seen, and held against untrained and undirected controls.";

    private static string LatentsIntroduction(QuickstartResult result) =>
        $"<p>{result.Shown.Count} of the {result.Latents.Count} latents that were drawn, from the best explained to the worst. Background: the latent’s value. Bar under a token: what the explanation predicted. "
        + "Causal percentile: driving the latent to its maximum raises the tokens that followed it in training by more than this share of random directions of equal size.</p>";

    private static void ScoreTable(StringBuilder page, QuickstartResult result)
    {
        page.Append("<table><thead><tr><th>Population</th><th>Explainer</th><th>Top and random</th><th>95 % interval</th><th>Random only</th><th>95 % interval</th><th>n</th><th>Undefined</th></tr></thead><tbody>");
        foreach ((string population, IReadOnlyDictionary<string, ScoreSummary> explainers) in result.Scores)
        {
            foreach ((string explainer, ScoreSummary score) in explainers)
            {
                Row(page, ScoreChart.Name(population), ScoreChart.Name(explainer), Html.Number(score.TopAndRandom), Interval(score.TopAndRandomCi),
                    Html.Number(score.RandomOnly), Interval(score.RandomOnlyCi), $"{score.N}", $"{score.NUndefined}");
            }
        }

        page.Append("</tbody></table>");
    }

    private static void ComparisonTable(StringBuilder page, QuickstartResult result)
    {
        page.Append("<table><thead><tr><th>First</th><th>Second</th><th>Difference</th><th>95 % interval</th><th>Bootstrap</th></tr></thead><tbody>");
        foreach (Comparison comparison in result.Comparisons)
        {
            Row(page, ScoreChart.Name(comparison.First), ScoreChart.Name(comparison.Second), Html.Number(comparison.Difference, "+0.000;−0.000"),
                Interval(comparison.Ci), comparison.Paired ? "paired" : "two samples");
        }

        page.Append("</tbody></table>");
    }

    private static void DictionaryTable(StringBuilder page, QuickstartResult result)
    {
        page.Append("<table><tbody>");
        Row(page, "Active latents a token (L0)", Html.Number(result.L0, "0.0"));
        Row(page, "Fraction of variance explained", Html.Number(result.VarianceExplained));
        Row(page, "Loss, nats a token", Html.Number(result.Ce));
        Row(page, "… with the hook replaced by its reconstruction", Html.Number(result.CeSpliced));
        Row(page, "… with the hook at its mean", Html.Number(result.CeMean));
        Row(page, "… with the hook at zero", Html.Number(result.CeZero));
        Row(page, "Loss recovered, against zero", Html.Number(result.LossRecovered));
        Row(page, "Loss recovered, against the mean", Html.Number(result.LossRecoveredMean));
        Row(page, "Latents silent on all training text", Html.Percent(result.DeadFraction));
        page.Append("</tbody></table>");
    }

    private static void Steering(StringBuilder page, SteeringStudy study)
    {
        page.Append("<h2>Driving one latent</h2><p>Latent ").Append(study.Latent).Append(": ").Append(Html.Encode(study.Explanation))
            .Append(". The text after “").Append(Html.Encode(study.Prompt)).Append("” with the latent clamped to a multiple of its maximum at every token; the reconstruction error is kept.</p><div class=\"columns\">");
        foreach (SteeringExample example in study.Texts)
        {
            page.Append("<section><h3>").Append(example.Multiple is { } multiple ? $"{multiple:0.#} × maximum".Replace('-', '−') : "untouched").Append("</h3><p class=\"story\">")
                .Append(Html.Encode(example.Text).Replace("\n", "<br>", StringComparison.Ordinal)).Append("</p></section>");
        }

        page.Append("</div>");
    }

    private static void Card(StringBuilder page, LatentCard card)
    {
        page.Append("<article><header><h3>Latent ").Append(card.Index).Append("</h3>").Append(HistogramChart.Render(card.Histogram)).Append("</header><p class=\"explanation\">")
            .Append(Html.Encode(card.Explanation).Replace("\n", "<br>", StringComparison.Ordinal)).Append("</p><p class=\"facts\">active on ").Append(Html.Percent(card.Density))
            .Append(" of tokens · top and random ").Append(Html.Number(card.TopAndRandom, "0.00")).Append(" · random only ").Append(Html.Number(card.RandomOnly, "0.00"))
            .Append(" · token table ").Append(Html.Number(card.TokenTableTopAndRandom, "0.00")).Append(" · causal percentile ")
            .Append(Html.Number(card.CausalPercentile, "0.00")).Append("</p>");
        foreach (ShownExample example in card.Examples)
        {
            page.Append(TokenStrip.Render(example, (float)card.Max));
        }

        page.Append("</article>");
    }

    private static void AllLatents(StringBuilder page, QuickstartResult result)
    {
        page.Append("<details><summary>All ").Append(result.Latents.Count).Append(" latents</summary><table><thead><tr><th>Latent</th><th>Density</th><th>Top and random</th><th>Random only</th><th>Causal</th><th>Explanation</th></tr></thead><tbody>");
        foreach (LatentCard card in result.Latents)
        {
            Row(page, $"{card.Index}", Html.Percent(card.Density), Html.Number(card.TopAndRandom, "0.00"), Html.Number(card.RandomOnly, "0.00"),
                Html.Number(card.CausalPercentile, "0.00"), card.Explanation);
        }

        page.Append("</tbody></table></details>");
    }

    private static string Interval(IReadOnlyList<double> interval) => $"{Html.Number(interval[0])} to {Html.Number(interval[1])}";

    private static void Row(StringBuilder page, params ReadOnlySpan<string> cells)
    {
        page.Append("<tr>");
        foreach (string cell in cells)
        {
            page.Append(cell.Length > LongCell ? "<td>" : "<td class=\"n\">").Append(Html.Encode(cell)).Append("</td>");
        }

        page.Append("</tr>");
    }
}
