using System.Globalization;
using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>Mean scores with their intervals, one row for each population and explainer, as an inline picture.</summary>
internal static class ScoreChart
{
    private const int RowHeight = 30;
    private const int Left = 340;
    private const int Width = 480;
    private const int Bottom = 24;

    internal static string Render(QuickstartResult result)
    {
        (string Name, string Kind, ScoreSummary Score)[] rows =
        [
            .. result.Scores.SelectMany(population => population.Value.Select(explainer =>
                ($"{Name(population.Key)} · {Name(explainer.Key)}", explainer.Key == "pattern" ? "pattern" : "table", explainer.Value))),
        ];
        double[] ends = [.. rows.SelectMany(row => row.Score.TopAndRandomCi.Concat(row.Score.RandomOnlyCi)).Where(double.IsFinite)];
        double low = ends.Append(0).Min(), high = ends.Append(0.1).Max();
        int height = (rows.Length * RowHeight) + 10 + Bottom;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + Width + 70} {height}\" role=\"img\" aria-label=\"Mean scores with 95 % intervals\">");
        for (int tick = (int)Math.Ceiling(low * 10); tick <= high * 10; tick++)
        {
            string x = X(tick / 10.0);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"4\" y2=\"{height - Bottom}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{x}\" y=\"{height - 8}\" text-anchor=\"middle\">{Html.Number(tick / 10.0, "0.0")}</text>");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            (string name, string kind, ScoreSummary score) = rows[i];
            int middle = (i * RowHeight) + 21;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 12}\" y=\"{middle + 4}\" text-anchor=\"end\">{Html.Encode(name)}</text>");
            Mark(svg, score.TopAndRandom, score.TopAndRandomCi, middle - 5, kind);
            Mark(svg, score.RandomOnly, score.RandomOnlyCi, middle + 6, kind + " only");
        }

        return svg.Append("</svg>").ToString();

        string X(double value) => Html.Number(Left + ((value - low) / (high - low) * Width), "0.#");

        void Mark(StringBuilder to, double mean, IReadOnlyList<double> interval, int y, string kind)
        {
            if (double.IsFinite(mean) && interval.All(double.IsFinite))
            {
                to.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{X(interval[0])}\" x2=\"{X(interval[1])}\" y1=\"{y}\" y2=\"{y}\"/>");
                to.Append(CultureInfo.InvariantCulture, $"<circle class=\"{kind}\" cx=\"{X(mean)}\" cy=\"{y}\" r=\"4\"/>");
                to.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{X(interval[1] + ((high - low) / 60))}\" y=\"{y + 4}\">{Html.Number(mean, "0.00")}</text>");
            }
        }
    }

    internal static string Name(string key) => key.Replace('_', ' ');
}
