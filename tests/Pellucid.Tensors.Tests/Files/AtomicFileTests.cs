using Pellucid.Tensors.Files;

namespace Pellucid.Tensors.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-").FullName;

    private string Target => Path.Combine(_folder, "below", "file");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewAndOld_LeavesOnlyTheWholeFile()
    {
        AtomicFile.WriteAllText(Target, "old");
        AtomicFile.WriteAllText(Target, "new");
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Write_DiskFullHalfway_KeepsTheOldFileAndSaysSoInOneLine()
    {
        AtomicFile.WriteAllText(Target, "old");
        BadFileException error = Assert.Throws<BadFileException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[1 << 18]);
            throw new IOException("No space left on device");
        }));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Write_WriterFails_PassesItsErrorOnAndLeavesNothing()
    {
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Target, _ => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Write_SecondWriter_IsRefusedAndLeavesTheFirstAlone()
    {
        AtomicFile.Write(Target, stream =>
        {
            stream.Write("first"u8);
            Assert.Throws<BadFileException>(() => AtomicFile.WriteAllText(Target, "second"));
        });
        Assert.Equal("first", File.ReadAllText(Target));
    }

    [Fact]
    public void Write_ToAFolder_IsRefused()
    {
        Directory.CreateDirectory(Target);
        Assert.Throws<BadFileException>(() => AtomicFile.WriteAllText(Target, "x"));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void IsPartial_OnlyUnfinishedNames()
    {
        Assert.True(AtomicFile.IsPartial("a.json.partial"));
        Assert.False(AtomicFile.IsPartial("a.json"));
    }
}
