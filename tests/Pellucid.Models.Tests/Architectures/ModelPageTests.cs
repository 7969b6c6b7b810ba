using Pellucid.Models.Architectures;
using Pellucid.Models.Checkpoints.Gguf;
using Pellucid.Models.Registry;

namespace Pellucid.Models.Tests.Architectures;

/// <summary>docs/models.md names every model, family and format that can be opened, and no other family.</summary>
public sealed class ModelPageTests
{
    private const string Families = "## Architectures", Files = "## Files";

    [Fact]
    public void Page_TableOfArchitectures_HasEveryModelTypeAndNoOther()
    {
        string[] named = [.. Section(Families).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',')).Select(name => name.Trim().Trim('`'))];
        Assert.Equal(Architecture.All.SelectMany(family => family.ModelTypes).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_RotaryScaling_HasEveryRule() =>
        Assert.All(Enum.GetNames<RotaryScalingKind>(), name => Assert.Contains($"`{name.ToLowerInvariant()}`", Section(Families), StringComparison.Ordinal));

    [Fact]
    public void Page_FilesOfGguf_HasEveryFamilyAndFormat()
    {
        string files = Section(Files);
        Assert.All(GgufFamily.All, family => Assert.Contains($"`{family.Name}`", files, StringComparison.Ordinal));
        string[] words = files.Split([' ', ',', '.', '\n']);
        Assert.All(BlockFormat.Readable.Split(", "), format => Assert.Contains(format, words));
    }

    [Fact]
    public void Page_Registry_HasEveryModel() =>
        Assert.All(KnownModel.All, model => Assert.Contains($"| `{model.Id}` |", Page(), StringComparison.Ordinal));

    /// <summary>From a heading to the next of its level.</summary>
    private static string Section(string heading)
    {
        string page = Page();
        int start = page.IndexOf($"\n{heading}\n", StringComparison.Ordinal) + 1;
        Assert.True(start > 0, $"docs/models.md has no section '{heading}'.");
        int end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    private static string Page() => File.ReadAllText(Path.Combine(Repository.Root, "docs/models.md")).ReplaceLineEndings("\n");
}
