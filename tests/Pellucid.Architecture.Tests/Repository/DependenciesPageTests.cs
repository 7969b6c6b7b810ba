namespace Pellucid.Architecture.Tests.Repository;

public sealed class DependenciesPageTests
{
    private static readonly string[] Versions = [.. SourceTree.Includes(SourceTree.At("Directory.Packages.props"), "PackageVersion")];

    [Fact]
    public void Packages_WithAVersion_AreOnThePageWithThatVersion()
    {
        string[] lines = File.ReadAllLines(SourceTree.At("docs", "dependencies.md"));
        foreach (System.Xml.Linq.XElement package in System.Xml.Linq.XDocument.Load(SourceTree.At("Directory.Packages.props")).Descendants("PackageVersion"))
        {
            string row = $"| {package.Attribute("Include")!.Value} | {package.Attribute("Version")!.Value} |";
            Assert.True(lines.Any(line => line.StartsWith(row, StringComparison.Ordinal)), $"docs/dependencies.md lacks a row that begins with '{row}'.");
        }
    }

    [Fact]
    public void Packages_WithAVersion_AreUsed()
    {
        IEnumerable<string> files = new[] { "src", "tests", "bench" }.Where(top => Directory.Exists(SourceTree.At(top)))
            .SelectMany(top => SourceTree.Projects(top).Concat(Directory.EnumerateFiles(SourceTree.At(top), "Directory.Build.props")));
        HashSet<string> used = [.. files.SelectMany(file => SourceTree.Includes(file, "PackageReference"))];
        Assert.All(Versions, package => Assert.True(used.Contains(package), $"{package} has a version and no project uses it: take it out."));
    }
}
