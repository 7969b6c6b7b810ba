using System.Globalization;
using System.Net;

namespace Pellucid.Reports;

/// <summary>Pieces of a page. Everything that comes from a model or a file is encoded.</summary>
internal static class Html
{
    internal static string Encode(string text) => WebUtility.HtmlEncode(text);

    internal static string Number(double? value, string format = "0.000") =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "–";

    internal static string Percent(double value) => (value * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>A token as it reads, with what cannot be seen made visible.</summary>
    internal static string Token(string token) => Encode(token.Replace("\n", "↵", StringComparison.Ordinal));
}
