using System.Globalization;
using System.Text;

namespace Pellucid.Reports.Toys;

/// <summary>A picture that stands by itself, in light and dark rooms, with axes.</summary>
internal sealed class Svg
{
    private const string Style = """
        svg{background:#fdfdfb;font:13px system-ui,sans-serif}text{fill:#1c2330}.soft{fill:#5c6575;font-size:11px}.grid{stroke:#d9dbe0}.line{stroke:#1c2330;fill:none;stroke-width:2}
        .frame{fill:none;stroke:#9aa3b2}.ignored{fill:#c9ced6}.dedicated{fill:#4a8fd0}.antipodal{fill:#f0a050}.mark{fill:#1c2330}.theory{stroke:#1c2330;fill:none;stroke-width:2.5}
        .one{stroke:#246eb9;fill:none;stroke-width:2}.dot{fill:#246eb9}.first{stroke:#246eb9;fill:#246eb9;stroke-width:2}.second{stroke:#d9720c;fill:#d9720c;stroke-width:2}.third{stroke:#3a8f4a;fill:#3a8f4a;stroke-width:2}.hot{fill:#d9720c}
        @media(prefers-color-scheme:dark){svg{background:#14171c}text{fill:#e6e8ec}.soft{fill:#9aa3b2}.grid{stroke:#343a45}.line{stroke:#e6e8ec}
        .ignored{fill:#4a515d}.dedicated{fill:#2f6ea8}.antipodal{fill:#c07830}.mark{fill:#ffffff}.theory{stroke:#ffffff}.one{stroke:#6eaaf0}.dot{fill:#6eaaf0}.first{stroke:#6eaaf0;fill:#6eaaf0}.second{stroke:#f08228;fill:#f08228}.third{stroke:#6fc27f;fill:#6fc27f}.hot{fill:#f08228}}
        """;

    private readonly StringBuilder _text = new();

    internal Svg(int width, int height, string title) => Add(
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Html.Encode(title)}\">\n<title>{Html.Encode(title)}</title><style>{Style}</style>\n");

    internal void Add(FormattableString piece) => _text.Append(piece.ToString(CultureInfo.InvariantCulture));

    /// <summary>Text; anchored at its start, middle or end.</summary>
    internal void Words(double x, double y, string words, string anchor = "middle", string kind = "") =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\" class=\"{kind}\">{Html.Encode(words)}</text>\n");

    /// <summary>Words that run upwards beside an axis.</summary>
    internal void Upwards(double x, double y, string words) =>
        Add($"<text transform=\"translate({x:0.##} {y:0.##}) rotate(-90)\" text-anchor=\"middle\">{Html.Encode(words)}</text>\n");

    internal void Line(double x1, double y1, double x2, double y2, string kind) =>
        Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" class=\"{kind}\"/>\n");

    internal void Dot(double x, double y, double radius, string kind) => Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" class=\"{kind}\"/>\n");

    internal void Path(IEnumerable<(double X, double Y)> points, string kind) =>
        Add($"<polyline class=\"{kind}\" points=\"{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}")))}\"/>\n");

    internal string End() => _text.Append("</svg>\n").ToString();
}
