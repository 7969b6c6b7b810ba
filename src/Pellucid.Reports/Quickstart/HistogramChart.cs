using System.Globalization;
using System.Text;

namespace Pellucid.Reports;

/// <summary>How often a unit takes each strength: counts on a logarithmic axis, weakest left.</summary>
internal static class HistogramChart
{
    private const int Width = 240;
    private const int Height = 60;

    internal static string Render(IReadOnlyList<int> counts)
    {
        double most = Math.Log(1 + Math.Max(1, counts.DefaultIfEmpty(0).Max())), each = (double)Width / Math.Max(1, counts.Count);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"histogram\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Histogram of values\">");
        for (int i = 0; i < counts.Count; i++)
        {
            double bar = Math.Log(1 + counts[i]) / most * (Height - 2);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{i * each:0.##}\" y=\"{Height - bar:0.##}\" width=\"{each * 0.85:0.##}\" height=\"{bar:0.##}\"><title>{counts[i]} tokens</title></rect>");
        }

        return svg.Append("</svg>").ToString();
    }
}
