using Pellucid.Architecture.Tests.Repository;

namespace Pellucid.Architecture.Tests.Rooms;

public sealed class DependencyTests
{
    public static TheoryData<string> Rooms => [.. SourceTree.SourceProjects.Select(House.Name)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void ProjectReferences_OfARoom_GoStrictlyDown(string room)
    {
        string project = SourceTree.At("src", room, $"{room}.csproj");
        Assert.All(SourceTree.Includes(project, "ProjectReference"), reference => AssertBelow(room, House.Name(reference.Replace('\\', '/'))));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void CompiledReferences_OfARoom_GoStrictlyDown(string room)
    {
        if (room == "Pellucid")
        {
            return; // it has no assembly
        }

        IEnumerable<string> used = House.Load(room).GetReferencedAssemblies().Select(reference => House.RoomOf(reference.Name!));
        Assert.All(used.Where(name => name.StartsWith("Pellucid", StringComparison.Ordinal)), name => AssertBelow(room, name));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_OfTheHouse_IsInTheSolutionWithItsTests(string room)
    {
        string solution = File.ReadAllText(SourceTree.At("Pellucid.slnx"));
        Assert.Contains($"src/{room}/{room}.csproj", solution, StringComparison.Ordinal);
        if (room != "Pellucid")
        {
            Assert.Contains($"tests/{room}.Tests/{room}.Tests.csproj", solution, StringComparison.Ordinal);
        }
    }

    private static void AssertBelow(string room, string used)
    {
        int? floor = House.Floor(room), below = House.Floor(used);
        Assert.True(floor is not null, $"{room} is not in the order of the house: give it a floor in House.cs.");
        Assert.True(below is not null, $"{room} uses {used}, which is not in the order of the house.");
        Assert.True(below < floor, $"{room} (floor {floor}) uses {used} (floor {below}); a room uses only those strictly below it.");
    }
}
