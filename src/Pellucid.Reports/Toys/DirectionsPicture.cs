using Pellucid.GroundTruth;
using Pellucid.Reports.Toys;

namespace Pellucid.Reports;

/// <summary>The directions of features in two hidden dimensions, an arrow each; one panel a model.</summary>
public static class DirectionsPicture
{
    private const int Panel = 280;
    private const int Margin = 44;
    private const int Top = 44;

    private static readonly string[] Colours = ["first", "second", "third"];

    /// <summary>The picture, as SVG. Neighbouring features that belong together (a group) have one colour.</summary>
    /// <param name="models">Models of two hidden dimensions, with the words over each.</param>
    /// <exception cref="ArgumentException">A model has another number of hidden dimensions.</exception>
    public static string Render(IReadOnlyList<(string Title, ToyModel Model)> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Any(one => one.Model.Task.Hidden != 2))
        {
            throw new ArgumentException("Directions are drawn in two hidden dimensions.", nameof(models));
        }

        const int columns = 4;
        int rows = (models.Count + columns - 1) / columns;
        double largest = models.SelectMany(one => one.Model.Norms()).Append(1).Max();
        Svg svg = new((Math.Min(models.Count, columns) * Panel) + 10, rows * (Panel + Top), "Directions of features in two hidden dimensions");
        for (int at = 0; at < models.Count; at++)
        {
            (string title, ToyModel model) = models[at];
            double x = ((at % columns) * Panel) + (Panel / 2.0), y = ((at / columns) * (Panel + Top)) + Top + (Panel / 2.0), scale = ((Panel / 2.0) - Margin) / largest;
            svg.Words(x, y - (Panel / 2.0) - 6, title);
            svg.Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{scale:0.##}\" class=\"frame\"/>\n");
            for (int feature = 0; feature < model.Task.Features; feature++)
            {
                float[] direction = model.Direction(feature);
                (double toX, double toY) = (x + (direction[0] * scale), y - (direction[1] * scale));
                string colour = Colours[feature / model.Task.Group % Colours.Length];
                svg.Line(x, y, toX, toY, colour);
                svg.Dot(toX, toY, 4, colour);
                double length = Math.Sqrt((direction[0] * direction[0]) + (direction[1] * direction[1]));
                if (length > 0.2)
                {
                    // Labels of features that share a direction stand beside each other.
                    double shift = (length * scale) + 12 + (feature % model.Task.Group * 9);
                    svg.Words(x + (direction[0] / length * shift), y - (direction[1] / length * shift) + 4, $"{feature}", kind: "soft");
                }
            }
        }

        return svg.End();
    }
}
