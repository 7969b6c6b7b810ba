using System.Globalization;
using System.Text;
using Pellucid.Explanations.Studies;

namespace Pellucid.Reports;

/// <summary>Text coloured by a unit's values, with a bar below each token for what the explanation predicts, both at one scale.</summary>
internal static class TokenStrip
{
    internal static string Render(ShownExample example, float max)
    {
        StringBuilder html = new($"<p class=\"strip\"><span class=\"kind\">{(example.IsTop ? "top" : "random")}</span>");
        for (int i = 0; i < example.Tokens.Count; i++)
        {
            float value = example.Activations[i], predicted = example.Predicted[i];
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"t\" style=\"--a:{Share(value, max):0.##};--p:{Share(predicted, max):0.##}\" ");
            html.Append(CultureInfo.InvariantCulture, $"title=\"value {Html.Number(value)}, predicted {Html.Number(predicted)}\">");
            html.Append(Html.Token(example.Tokens[i])).Append("</span>");
        }

        return html.Append("</p>").ToString();
    }

    private static float Share(float value, float max) => max > 0 && float.IsFinite(value) ? Math.Clamp(value / max, 0, 1) : 0;
}
