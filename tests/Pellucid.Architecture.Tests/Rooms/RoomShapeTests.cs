using System.Reflection;
using Pellucid.Architecture.Tests.Repository;

namespace Pellucid.Architecture.Tests.Rooms;

public sealed class RoomShapeTests
{
    private const int MostReadmeLines = 60;

    private static readonly string[] Kinds = ["Utils", "Utilities", "Helpers", "Interfaces", "Common", "Misc"];

    public static TheoryData<string> Rooms => DependencyTests.Rooms;

    public static TheoryData<string> Libraries => [.. House.Libraries];

    [Fact]
    public void Folders_InsideProjects_AreConceptsAndNotKinds()
    {
        IEnumerable<string> folders = new[] { "src", "tests" }
            .SelectMany(top => Directory.EnumerateDirectories(SourceTree.At(top), "*", SearchOption.AllDirectories))
            .Where(folder => !SourceTree.Relative(folder).Split('/').Any(part => part is "bin" or "obj"));
        Assert.DoesNotContain(folders, folder => Kinds.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Readme_OfARoom_ExistsAndFitsOnOneScreen(string room)
    {
        string readme = SourceTree.At("src", room, "README.md");
        Assert.True(File.Exists(readme), $"src/{room}/README.md is missing: say what enters, what leaves and where to start reading.");
        Assert.InRange(File.ReadAllLines(readme).Length, 1, MostReadmeLines);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_Compiled_SaysThatItCanBeTrimmed(string room) =>
        // Trim warnings are errors of the build wherever this is set.
        Assert.Contains(House.Load(room).GetCustomAttributes<AssemblyMetadataAttribute>(), entry => entry is { Key: "IsTrimmable", Value: "True" });
}
