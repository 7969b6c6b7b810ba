using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Pellucid.GroundTruth;

namespace Pellucid.Reports.Tests.Toys;

public sealed class ToyPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void PhaseDiagram_Any_HasACellAPoint(int features)
    {
        PhaseDiagramOptions options = new() { Features = features, Densities = 5, Importances = 4, Seeds = 2, Training = new() { Steps = 50, Batch = 16 } };
        PhaseDiagram diagram = PhaseDiagram.Compute(options, null, Token);
        XDocument picture = XDocument.Parse(PhaseDiagramPicture.Render(diagram));
        XElement[] cells = [.. picture.Descendants(Svg + "rect").Where(rect => rect.Element(Svg + "title") is not null)];
        Assert.Equal(20, cells.Length);
        Assert.Equal(
            diagram.Points.Select(point => point.Solution.ToString().ToLowerInvariant()), cells.Select(cell => cell.Attribute("class")!.Value));

        // Dense is left, important above: the first point is the sparsest and least important.
        Assert.True(Number(cells[0], "x") > Number(cells[4], "x"));
        Assert.True(Number(cells[0], "y") > Number(cells[19], "y"));
        Assert.Equal(features == 2, picture.Descendants(Svg + "polyline").Any());
        using JsonDocument numbers = JsonDocument.Parse(ToyNumbers.Of(diagram));
        Assert.Equal(diagram.Points[7].Loss, numbers.RootElement.GetProperty("loss")[1][2].GetDouble(), 1e-12);
        Assert.Equal(features == 2 ? JsonValueKind.Number : JsonValueKind.Null, numbers.RootElement.GetProperty("agreement").ValueKind);
    }

    [Fact]
    public void Pictures_InAnyCulture_AreTheSame()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            ToyModel model = new() { Task = new ToyTask { Hidden = 2, Sparsity = 0.5, Importance = [1, 1] }, Weights = [0.5f, -1, 0.25f, 0.75f], Bias = [0, 0] };
            string directions = DirectionsPicture.Render([("a < b", model)]), dimensions = DimensionalityPicture.Render([model, model]);
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(directions, DirectionsPicture.Render([("a < b", model)]));
            Assert.Equal(dimensions, DimensionalityPicture.Render([model, model]));
            Assert.Contains(XDocument.Parse(directions).Descendants(Svg + "text"), text => text.Value == "a < b");
            Assert.Equal(2, XDocument.Parse(directions).Descendants(Svg + "line").Count());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Directions_ModelOfThreeDimensions_IsRefused() => Assert.Throws<ArgumentException>(() => DirectionsPicture.Render(
        [("x", new ToyModel { Task = new ToyTask { Hidden = 3, Sparsity = 0, Importance = [1] }, Weights = [1, 0, 0], Bias = [0] })]));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
