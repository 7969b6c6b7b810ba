using System.Security.Cryptography;

namespace Pellucid.Architecture.Tests.Repository;

public sealed class NoticeTests
{
    [Theory]
    [InlineData("LICENSE", "Apache License")]
    [InlineData("NOTICE", "stories260K")]
    [InlineData("models/stories260k/LICENSE", "MIT License")]
    [InlineData("data/tinystories/NOTICE.md", "CDLA-Sharing-1.0")]
    public void Notice_OfWhatIsShipped_IsThere(string path, string expected) =>
        Assert.Contains(expected, File.ReadAllText(SourceTree.At(path)), StringComparison.Ordinal);

    [Theory]
    [InlineData("models/stories260k", "stories260K.bin")]
    [InlineData("models/stories260k", "tok512.bin")]
    [InlineData("data/tinystories", "tinystories_1000.json")]
    public void File_FromOutside_HasTheHashThatItsPageStates(string folder, string file)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(SourceTree.At(folder, file))));
        IEnumerable<string> pages = Directory.EnumerateFiles(SourceTree.At(folder), "*.md").Select(File.ReadAllText);
        Assert.Contains(pages, page => page.Contains(hash, StringComparison.Ordinal));
    }
}
