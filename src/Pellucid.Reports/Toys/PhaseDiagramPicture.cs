using System.Globalization;
using Pellucid.GroundTruth;
using Pellucid.Reports.Toys;

namespace Pellucid.Reports;

/// <summary>A phase diagram as a picture: density from dense to sparse, importance upwards, a cell a point, the boundary of theory over them.</summary>
public static class PhaseDiagramPicture
{
    private const int Left = 70;
    private const int Top = 44;
    private const int Size = 480;

    /// <summary>The picture, as SVG.</summary>
    /// <param name="diagram">The diagram.</param>
    public static string Render(PhaseDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        PhaseDiagramOptions options = diagram.Options;
        bool predicted = options.Features == 2;
        Svg svg = new(Left + Size + 24, Top + Size + 86, $"Phases of {options.Features} features in {Dimensions(options.Features - 1)}");
        svg.Words(Left, 24, $"{options.Features} features in {Dimensions(options.Features - 1)}: what becomes of the last feature", "start");
        double width = (double)Size / options.Densities, height = (double)Size / options.Importances;
        for (int at = 0; at < diagram.Points.Count; at++)
        {
            PhasePoint point = diagram.Points[at];
            (int row, int column) = (at / options.Densities, at % options.Densities);
            (double x, double y) = (Left + Size - ((column + 1) * width), Top + Size - ((row + 1) * height));
            string phase = point.Solution.ToString().ToLowerInvariant();
            svg.Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width + 0.3:0.##}\" height=\"{height + 0.3:0.##}\" class=\"{phase}\"><title>1 − S {point.Density:0.####}, importance {point.Importance:0.####}: {phase}, loss {point.Loss:0.######}</title></rect>\n");
            if (predicted && point.Solution != point.Predicted)
            {
                svg.Dot(x + (width / 2), y + (height / 2), Math.Max(1.5, width / 5), "mark");
            }
        }

        if (predicted)
        {
            Boundary(svg, options);
        }

        Axes(svg, options);
        Legend(svg, predicted);
        return svg.End();
    }

    private static void Boundary(Svg svg, PhaseDiagramOptions options)
    {
        List<(double X, double Y)> line = [];
        const int parts = 120;
        for (int at = 0; at <= parts; at++)
        {
            double share = (double)at / parts, importance = Math.Pow(options.HighestImportance, (2 * share) - 1), density = ToyPhases.BoundaryDensity(importance);
            double across = Math.Log(density) / Math.Log(options.LowestDensity);
            line.Add((X(Math.Clamp(across, 0, 1), options.Densities), Y(share, options.Importances)));
        }

        svg.Path(line, "theory");
        double one = Y(0.5, options.Importances);
        svg.Line(X(0, options.Densities), one, line[parts / 2].X, one, "theory"); // between ignored and dedicated: r = 1
    }

    private static void Axes(Svg svg, PhaseDiagramOptions options)
    {
        svg.Add($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Size}\" height=\"{Size}\" class=\"frame\"/>\n");
        foreach (double density in Ticks(options.LowestDensity, 1))
        {
            double x = X(Math.Log(density) / Math.Log(options.LowestDensity), options.Densities);
            svg.Line(x, Top + Size, x, Top + Size + 5, "frame");
            svg.Words(x, Top + Size + 18, density.ToString("0.######", CultureInfo.InvariantCulture), kind: "soft");
        }

        foreach (double importance in Ticks(1 / options.HighestImportance, options.HighestImportance))
        {
            double y = Y(((Math.Log(importance) / Math.Log(options.HighestImportance)) + 1) / 2, options.Importances);
            svg.Line(Left - 5, y, Left, y, "frame");
            svg.Words(Left - 8, y + 4, importance.ToString("0.######", CultureInfo.InvariantCulture), "end", "soft");
        }

        svg.Words(Left + (Size / 2.0), Top + Size + 38, "density 1 − S: dense to sparse");
        svg.Upwards(18, Top + (Size / 2.0), "importance of the last feature; the others have 1");
    }

    private static void Legend(Svg svg, bool predicted)
    {
        int x = Left, y = Top + Size + 68;
        foreach (ToySolution solution in Enum.GetValues<ToySolution>())
        {
            string name = solution.ToString().ToLowerInvariant();
            svg.Add($"<rect x=\"{x}\" y=\"{y - 11}\" width=\"13\" height=\"13\" class=\"{name}\"/>\n");
            svg.Words(x + 19, y, name, "start");
            x += 100;
        }

        if (predicted)
        {
            svg.Line(x, y - 4, x + 16, y - 4, "theory");
            svg.Words(x + 22, y, "theory", "start");
            svg.Dot(x + 85, y - 4, 3, "mark");
            svg.Words(x + 94, y, "disagrees", "start");
        }
    }

    private static IEnumerable<double> Ticks(double low, double high) =>
        Enumerable.Range(-12, 25).SelectMany(power => new[] { 1, 3 }.Select(digit => digit * Math.Pow(10, power))).Where(tick => tick >= low * 0.999 && tick <= high * 1.001);

    /// <summary>The middle of the cell of a share of the logarithm, from dense.</summary>
    private static double X(double share, int cells) => Left + (((share * (cells - 1)) + 0.5) * Size / cells);

    private static double Y(double share, int cells) => Top + Size - (((share * (cells - 1)) + 0.5) * Size / cells);

    private static string Dimensions(int count) => count == 1 ? "1 dimension" : $"{count} dimensions";
}
