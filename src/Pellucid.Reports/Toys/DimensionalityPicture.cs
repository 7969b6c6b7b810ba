using System.Globalization;
using Pellucid.GroundTruth;
using Pellucid.Reports.Toys;

namespace Pellucid.Reports;

/// <summary>Dimensionality over sparsity: D* = m / ‖W‖² as a line with its plateaus, and the Dᵢ of every feature as dots, with the values of the polytopes.</summary>
public static class DimensionalityPicture
{
    private const int Left = 60;
    private const int Top = 44;
    private const int Width = 620;
    private const int Height = 400;

    private static readonly (double Value, string Name)[] Figures =
    [
        (1, "dedicated 1"), (3 / 4.0, "tetrahedron 3/4"), (2 / 3.0, "triangle 2/3"), (1 / 2.0, "digon 1/2"), (2 / 5.0, "pentagon 2/5"), (3 / 8.0, "square antiprism 3/8"),
    ];

    /// <summary>The picture, as SVG.</summary>
    /// <param name="models">Models of one shape over rising sparsity.</param>
    public static string Render(IReadOnlyList<ToyModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        double last = models.Max(model => 1 / (1 - model.Task.Sparsity));
        Svg svg = new(Left + Width + 130, Top + Height + 60, "Dimensions of a feature over sparsity");
        ToyTask task = models[0].Task;
        svg.Words(Left, 24, $"{task.Features} features of equal importance in {task.Hidden} dimensions: dimensions of a feature", "start");
        foreach ((double value, string name) in Figures)
        {
            svg.Line(Left, Y(value), Left + Width, Y(value), "grid");
            svg.Words(Left + Width + 6, Y(value) + (value == 3 / 8.0 ? 9 : value == 2 / 5.0 ? 0 : 4), name, "start", "soft");
        }

        foreach (ToyModel model in models)
        {
            foreach (double dimensionality in model.Dimensionality().Where(value => value > 0.02))
            {
                svg.Add($"<circle cx=\"{X(model):0.##}\" cy=\"{Y(Math.Min(1, dimensionality)):0.##}\" r=\"2.2\" class=\"hot\" opacity=\"0.35\"/>\n");
            }
        }

        svg.Path(models.Select(model => (X(model), Y(Math.Min(1.02, model.DimensionsPerFeature)))), "one");
        foreach (ToyModel model in models)
        {
            svg.Dot(X(model), Y(Math.Min(1.02, model.DimensionsPerFeature)), 3, "dot");
        }

        for (double tick = 1; tick <= last * 1.001; tick = tick >= 10 ? tick * 10 : tick is 1 or 2 or 5 ? (tick == 2 ? 5 : tick * 2) : tick * 2)
        {
            double x = Left + (Math.Log(tick) / Math.Log(last) * Width);
            svg.Line(x, Top + Height, x, Top + Height + 5, "frame");
            svg.Words(x, Top + Height + 18, tick.ToString("0.##", CultureInfo.InvariantCulture), kind: "soft");
        }

        for (int tick = 0; tick <= 10; tick += 2)
        {
            svg.Words(Left - 8, Y(tick / 10.0) + 4, (tick / 10.0).ToString("0.0", CultureInfo.InvariantCulture), "end", "soft");
        }

        svg.Add($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Width}\" height=\"{Height}\" class=\"frame\"/>\n");
        svg.Words(Left + (Width / 2.0), Top + Height + 40, "1 / (1 − S): dense to sparse");
        svg.Dot(Left + Width + 14, Top + Height - 40, 3, "dot");
        svg.Words(Left + Width + 24, Top + Height - 36, "D* = m / ‖W‖²", "start");
        svg.Dot(Left + Width + 14, Top + Height - 18, 3, "hot");
        svg.Words(Left + Width + 24, Top + Height - 14, "Dᵢ of a feature", "start");
        return svg.End();

        double X(ToyModel model) => Left + (Math.Log(1 / (1 - model.Task.Sparsity)) / Math.Log(last) * Width);

        static double Y(double value) => Top + Height - (value / 1.05 * Height);
    }
}
