using System.Globalization;
using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>Mean scores with their intervals, one row for each population and explainer, as an inline picture.</summary>
internal static class ScoreChart
{
    private const int RowHeight = 26;
    private const int Left = 370;
    private const int Width = 480;

    internal static string Render(QuickstartResult result)
    {
        (string Population, string Explainer, ScoreSummary Score)[] rows =
            [.. result.Scores.SelectMany(population => population.Value.Select(explainer => (population.Key, explainer.Key, explainer.Value)))];
        double low = Math.Min(0, rows.Min(row => row.Score.TopAndRandomCi[0])), high = Math.Max(0.1, rows.Max(row => row.Score.TopAndRandomCi[1]));
        int height = (rows.Length * RowHeight) + 34;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + Width + 70} {height}\" role=\"img\" aria-label=\"Mean top-and-random scores with 95 % intervals\">");
        for (double tick = Math.Ceiling(low * 10) / 10; tick <= high; tick += 0.1)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{X(tick):0.#}\" x2=\"{X(tick):0.#}\" y1=\"4\" y2=\"{height - 24}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{X(tick):0.#}\" y=\"{height - 8}\" text-anchor=\"middle\">{Math.Abs(tick) * Math.Sign(Math.Round(tick, 6)):0.0}</text>");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            (string population, string explainer, ScoreSummary score) = rows[i];
            double y = (i * RowHeight) + 17;
            string kind = explainer == "pattern" ? "pattern" : "table";
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 12}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Html.Encode(Name(population))} · {Html.Encode(Name(explainer))}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{X(score.TopAndRandomCi[0]):0.#}\" x2=\"{X(score.TopAndRandomCi[1]):0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{kind}\" cx=\"{X(score.TopAndRandom):0.#}\" cy=\"{y:0.#}\" r=\"5\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(score.TopAndRandomCi[1]) + 8:0.#}\" y=\"{y + 4:0.#}\">{Html.Number(score.TopAndRandom, "0.00")}</text>");
        }

        return svg.Append("</svg>").ToString();

        double X(double value) => Left + ((value - low) / (high - low) * Width);
    }

    internal static string Name(string key) => key.Replace('_', ' ');
}
