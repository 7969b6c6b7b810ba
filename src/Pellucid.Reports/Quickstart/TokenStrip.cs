using System.Globalization;
using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>Text coloured by a unit's values, with a bar below each token for what the explanation predicts.</summary>
internal static class TokenStrip
{
    internal static string Render(ShownExample example, float max)
    {
        float predictedMax = Math.Max(example.Predicted.DefaultIfEmpty(0).Max(), 1e-9f);
        StringBuilder html = new("<p class=\"strip\">");
        for (int i = 0; i < example.Tokens.Count; i++)
        {
            float value = Share(example.Activations[i], max), predicted = Share(example.Predicted[i], predictedMax);
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"t\" style=\"--a:{value:0.##};--p:{predicted:0.##}\" ");
            html.Append(CultureInfo.InvariantCulture, $"title=\"value {example.Activations[i]:0.###}, predicted {example.Predicted[i]:0.###}\">");
            html.Append(Html.Token(example.Tokens[i])).Append("</span>");
        }

        return html.Append("</p>").ToString();
    }

    private static float Share(float value, float max) => max > 0 ? Math.Clamp(value / max, 0, 1) : 0;
}
