using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>Do the explanations hold: the chart, every score, every comparison, and what each number means.</summary>
internal static class ScoresSection
{
    private const string Introduction =
        "<p>Each explanation was written from training text and frozen; only then was it asked for the unit’s value at every token of held-out records. "
        + "The same explainers, with the same seed, explained the controls. A control matters because sparsity alone raises a score.</p>";

    private const string Caption =
        "<figcaption><span class=\"key pattern\">●</span> pattern explainer <span class=\"key table\">●</span> token table; filled: top and random records, "
        + "hollow: random records alone. Point: mean over units; line: its 95 % bootstrap interval over units.</figcaption>";

    private const string Definitions = """
        <dl>
        <dt>Top and random</dt><dd>Pearson correlation of predicted and true values over all tokens of the unit’s five strongest held-out records and five random ones, taken together; mean over units (Bills et al. 2023).</dd>
        <dt>Random only</dt><dd>The same over the five random records alone: harder, and closer to everyday text.</dd>
        <dt>Undefined</dt><dd>Units whose correlation does not exist, mostly because the unit is silent in all of those records. They count as 0, so a population of sparse units has a lower ceiling on random only.</dd>
        <dt>Density</dt><dd>Share of training tokens on which a unit is above zero (above its threshold, where it has one); the median over the units.</dd>
        <dt>Latents</dt><dd>The trained dictionary’s. <b>Untrained latents</b>: the same dictionary before its first step. <b>Neurons</b>: the hook’s own components. <b>Density matched</b>: neurons, or random directions, silenced below a threshold from training text that brings each to the density of one latent.</dd>
        <dt>Pattern</dt><dd>Contexts found by experiments on the model, merged into a trie that predicts by itself (Foote et al. 2023). <b>Token table</b>: the unit’s mean on each token of the same training records, the explainer to beat.</dd>
        <dt>n</dt><dd>Units, drawn by seed among those that fire on at least 20 held-out tokens; none was chosen.</dd>
        </dl>
        """;

    internal static void Render(StringBuilder page, QuickstartResult result)
    {
        page.Append("<h2>Do the explanations hold?</h2>").Append(Introduction)
            .Append("<figure><div class=\"wide\">").Append(ScoreChart.Render(result)).Append("</div>").Append(Caption).Append("</figure>");
        Html.Table(
            page,
            ["Population", "Explainer", "Top and random#", "95 % interval#", "Undefined#", "Random only#", "95 % interval#", "Undefined#", "Density#", "n#"],
            result.Scores.SelectMany(population => population.Value.Select(explainer => Row(population.Key, explainer.Key, explainer.Value))));
        page.Append("<h3>Is the first better than the second?</h3><p>“Yes” means that the whole interval of the difference lies above zero.</p>");
        Html.Table(
            page,
            ["First", "Second", "Score", "Difference#", "95 % interval#", "Resampled", "Better"],
            result.Comparisons.Select(Row));
        page.Append("<details><summary>What each number means</summary>").Append(Definitions).Append("</details>");
    }

    private static string[] Row(string population, string explainer, ScoreSummary score) =>
    [
        ScoreChart.Name(population), ScoreChart.Name(explainer), Html.Number(score.TopAndRandom), Html.Interval(score.TopAndRandomCi), Html.Count(score.NUndefined),
        Html.Number(score.RandomOnly), Html.Interval(score.RandomOnlyCi), Html.Count(score.NUndefinedRandomOnly), Html.Percent(score.MedianDensity), Html.Count(score.N),
    ];

    private static string[] Row(Comparison comparison) =>
    [
        ScoreChart.Name(comparison.First).Replace("/", " / ", StringComparison.Ordinal), ScoreChart.Name(comparison.Second).Replace("/", " / ", StringComparison.Ordinal),
        ScoreChart.Name(comparison.Score), Html.Signed(comparison.Difference), Html.Interval(comparison.Ci), comparison.Paired ? "in pairs" : "each side",
        comparison.Ci[0] > 0 ? "yes" : comparison.Ci[1] < 0 ? "no: worse" : "not shown",
    ];
}
