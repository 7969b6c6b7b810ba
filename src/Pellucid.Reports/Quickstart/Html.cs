using System.Globalization;
using System.Net;
using System.Text;

namespace Pellucid.Reports;

/// <summary>Pieces of a page. Everything that comes from a model or a file is encoded; numbers look the same in every culture.</summary>
internal static class Html
{
    /// <summary>Text that no browser takes for markup, also inside quotation marks; control characters, which a page may not hold, are replaced.</summary>
    internal static string Encode(string text) => WebUtility.HtmlEncode(
        string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character)));

    /// <summary>Encoded text that keeps its line breaks.</summary>
    internal static string Lines(string text) => Encode(text.ReplaceLineEndings("\n")).Replace("\n", "<br/>", StringComparison.Ordinal);

    internal static string Number(double? value, string format = "0.000") =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') : "–";

    internal static string Signed(double value) => Number(value, "+0.000;-0.000;0.000");

    internal static string Percent(double? value) => value is { } share && double.IsFinite(share) ? Number(share * 100, "0.#") + " %" : "–";

    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Interval(IReadOnlyList<double> interval) => $"{Number(interval[0])} to {Number(interval[1])}";

    /// <summary>A token as it reads, with what cannot be seen made visible.</summary>
    internal static string Token(string token) => Encode(token.Replace("\n", "↵", StringComparison.Ordinal));

    /// <summary>A table that scrolls by itself where the screen is narrow.</summary>
    /// <param name="page">Where it goes.</param>
    /// <param name="headings">One a column; one that ends in <c>#</c> is set to the right, without the sign. Empty for none.</param>
    /// <param name="rows">Plain text.</param>
    internal static void Table(StringBuilder page, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        page.Append("<div class=\"wide\"><table>");
        if (headings.Any(heading => heading.Length > 0))
        {
            page.Append("<thead><tr>");
            foreach (string heading in headings)
            {
                page.Append(heading.EndsWith('#') ? "<th class=\"n\">" : "<th>").Append(Encode(heading.TrimEnd('#'))).Append("</th>");
            }

            page.Append("</tr></thead>");
        }

        page.Append("<tbody>");
        foreach (IReadOnlyList<string> row in rows)
        {
            page.Append("<tr>");
            for (int column = 0; column < row.Count; column++)
            {
                page.Append(headings[column].EndsWith('#') ? "<td class=\"n\">" : "<td>").Append(Lines(row[column])).Append("</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div>");
    }
}
