using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Pellucid.Reports.Tests;

public sealed partial class QuickstartReportTests
{
    [Fact]
    public void Render_HostileTexts_AreTextAndNothingElse()
    {
        XDocument page = Parse(QuickstartReport.Render(Results.Make()));
        string[] allowed =
        [
            "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "b", "i", "code", "figure", "figcaption", "div", "span", "svg", "line",
            "circle", "rect", "text", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "dl", "dt", "dd", "section", "article", "header", "footer", "br",
        ];
        Assert.Empty(page.Descendants().Select(element => element.Name.LocalName).Distinct().Except(allowed));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        int shown = CountOf(string.Concat(page.Descendants().Nodes().OfType<XText>().Select(text => text.Value)), "<script>alert('x\"y')</script>&lt;\"onload='1'");
        Assert.True(shown >= 10, $"{shown} texts came through as they are");
    }

    [Fact]
    public void Render_Page_NeedsNoNetworkAndHoldsNoTimeOrPlace()
    {
        string page = QuickstartReport.Render(Results.Make());
        Assert.DoesNotMatch(External(), page);
        Assert.DoesNotContain("98.7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/somewhere", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AnyCulture_GivesTheSamePage()
    {
        string expected = QuickstartReport.Render(Results.Make());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("")
            {
                NumberFormat = { NumberDecimalSeparator = ";", NumberGroupSeparator = "_", NegativeSign = "~" },
            };
            Assert.Equal(expected, QuickstartReport.Render(Results.Make()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Contains("1,234,567 activations", expected, StringComparison.Ordinal);
        Assert.Contains("−0.5 × maximum", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UndefinedNumbers_AreDashes()
    {
        string page = QuickstartReport.Render(Results.Make());
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
        Dictionary<string, string> dictionary = Parse(page).Descendants("tr").Where(row => row.Elements("td").Count() == 2)
            .ToDictionary(row => row.Elements("td").First().Value, row => row.Elements("td").Last().Value);
        Assert.Equal("–", dictionary["Latents silent on every training token"]);
        Assert.Equal("–", dictionary["Loss recovered, against the mean"]);
        Assert.Equal("0.875", dictionary.Single(pair => pair.Key.StartsWith("Loss recovered, against zero", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public void Render_Comparisons_SayWhatIsShownAndWhatIsNot()
    {
        string[] verdicts = [.. Parse(QuickstartReport.Render(Results.Make())).Descendants("tr").Where(row => row.Elements("td").Count() == 7).Select(row => row.Elements("td").Last().Value)];
        Assert.Equal(["yes", "not shown", "no: worse"], verdicts);
    }

    [Fact]
    public void Render_PredictionBars_HaveTheScaleOfTheValues()
    {
        XElement first = Parse(QuickstartReport.Render(Results.Make())).Descendants("p").First(p => (string?)p.Attribute("class") == "strip")
            .Elements("span").First(span => (string?)span.Attribute("class") == "t");
        Assert.Equal("--a:0;--p:0.25", (string?)first.Attribute("style")); // 0.5 of a maximum of 2
    }

    [Fact]
    public void Write_Twice_LeavesTheSameTwoFiles()
    {
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            string path = Path.Combine(folder, "report.html");
            QuickstartReport.Write(Results.Make(), path);
            byte[][] first = [File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(folder, "result.json"))];
            QuickstartReport.Write(Results.Make() with { Seconds = new Dictionary<string, double> { ["train"] = 1 }, Report = path }, path);
            Assert.Equal(first, [File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(folder, "result.json"))]);
            Assert.Equal(2, Directory.GetFiles(folder).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static XDocument Parse(string page)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static int CountOf(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"https?:|//[a-z]|url\(|@import|<link|<iframe|\bsrc=|\bhref=", RegexOptions.IgnoreCase)]
    private static partial Regex External();
}
