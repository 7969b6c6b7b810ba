using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>The latents themselves: what driving one does, some of them with held-out text, and a table of all.</summary>
internal static class LatentsSection
{
    private const double Strong = 0.95;

    internal static void Steering(StringBuilder page, SteeringStudy study)
    {
        page.Append("<h2>Driving one latent</h2><p>Latent ").Append(study.Latent)
            .Append(", which of the well explained ones moves the output most. It stands for</p><p class=\"explanation\">").Append(Html.Lines(study.Explanation))
            .Append("</p><p>How the model goes on from “").Append(Html.Encode(study.Prompt))
            .Append("” with the latent held at a multiple of its largest training value at every token (greedy; the reconstruction error is kept). "
                + "One example, not a measurement: the causal percentiles below are.</p><div class=\"columns\">");
        foreach (SteeringExample example in study.Texts)
        {
            page.Append("<section><h3>").Append(example.Multiple is { } multiple ? $"{Html.Number(multiple, "0.#")} × maximum" : "untouched").Append("</h3><p class=\"story\">")
                .Append(Html.Lines(example.Text)).Append("</p></section>");
        }

        page.Append("</div>");
    }

    internal static void Render(StringBuilder page, QuickstartResult result)
    {
        page.Append("<h2>Latents</h2>").Append(Causes(result.Latents)).Append("<p>").Append(Html.Count(result.Shown.Count)).Append(" of the ").Append(Html.Count(result.Latents.Count))
            .Append(" latents that were drawn, evenly from the best explained to the worst. In an explanation, <i>“b” after “a” → 9/10</i> predicts nine tenths of the largest value at <i>b</i> where <i>a</i> stands before it. "
                + "Below it, held-out text: three windows where the latent is strongest and a random one. <span class=\"t\" style=\"--a:1;--p:0\">Background</span>: the latent’s value; "
                + "<span class=\"t\" style=\"--a:0;--p:1\">bar</span>: what the explanation predicted, at the same scale. Right: how often each strength occurs, weak to strong in quarter octaves, counts on a logarithmic axis.</p>");
        foreach (LatentCard card in result.Shown.OrderByDescending(card => card.TopAndRandom ?? 0).ThenBy(card => card.Index))
        {
            Card(page, card);
        }

        page.Append("<details><summary>All ").Append(Html.Count(result.Latents.Count)).Append(" latents</summary>");
        Html.Table(
            page,
            ["Latent#", "Density#", "Top and random#", "Random only#", "Token table#", "Causal percentile#", "Causal effect, nats#", "Explanation"],
            result.Latents.Select(card => (string[])
            [
                $"{card.Index}", Html.Percent(card.Density), Html.Number(card.TopAndRandom, "0.00"), Html.Number(card.RandomOnly, "0.00"),
                Html.Number(card.TokenTableTopAndRandom, "0.00"), Html.Number(card.CausalPercentile, "0.00"), Html.Number(card.CausalEffect, "0.00"), card.Explanation,
            ]));
        page.Append("</details>");
    }

    /// <summary>The causal percentiles of all latents in a sentence, beside what chance would give.</summary>
    private static string Causes(IReadOnlyList<LatentCard> latents)
    {
        double[] percentiles = [.. latents.Select(card => card.CausalPercentile).OfType<double>().Order()];
        string found = percentiles.Length == 0
            ? "None of the latents has one."
            : $"Of {percentiles.Length} latents, {percentiles.Count(value => value >= Strong)} reach {Html.Number(Strong, "0.00")}; the mean is {Html.Number(percentiles.Average(), "0.00")}, "
                + $"the median {Html.Number(percentiles[percentiles.Length / 2], "0.00")}. Chance would give about {Html.Number(percentiles.Length * (1 - Strong), "0")}, 0.50 and 0.50.";
        return "<p><b>Causal percentile.</b> A latent is driven to its largest training value in held-out text. Its effect: by how much that raises the log-probability of the tokens that followed it in training, "
            + $"beyond tokens of equal frequency. Its percentile: the share of random directions, written with equal length, whose effect is smaller. {found}</p>";
    }

    private static void Card(StringBuilder page, LatentCard card)
    {
        page.Append("<article><header><div><h3>Latent ").Append(card.Index).Append("</h3><p class=\"explanation\">").Append(Html.Lines(card.Explanation))
            .Append("</p></div>").Append(HistogramChart.Render(card.Histogram)).Append("</header><p class=\"facts\">active on ").Append(Html.Percent(card.Density))
            .Append(" of tokens · top and random ").Append(Html.Number(card.TopAndRandom, "0.00")).Append(" · random only ").Append(Html.Number(card.RandomOnly, "0.00"))
            .Append(" · token table ").Append(Html.Number(card.TokenTableTopAndRandom, "0.00")).Append(" · causal percentile ")
            .Append(Html.Number(card.CausalPercentile, "0.00")).Append("</p>");
        foreach (ShownExample example in card.Examples)
        {
            page.Append(TokenStrip.Render(example, (float)card.Max));
        }

        page.Append("</article>");
    }
}
