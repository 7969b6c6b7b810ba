using Pellucid.GroundTruth.Compilation;

namespace Pellucid.GroundTruth.Tests;

public sealed class CompiledSizesTests
{
    public static TheoryData<string, string, int, int> Table => new()
    {
        { "fraction-of-previous", "M1 A1", 2, 14 },
        { "shift", "A1", 1, 16 },
        { "detect-ab", "M4 A1 M4", 2, 18 },
        { "detect-abc", "M6 A2 M4 M4", 3, 26 },
        { "length", "A1 M8", 1, 15 },
        { "reverse", "A1 M12 M30 M10 A1", 4, 43 },
        { "histogram", "A1 M12", 1, 19 },
        { "pair-balance", "M2 A2 M4", 2, 23 },
        { "sort-unique", "A1 M12 A1", 2, 23 },
        { "sort", "M20 A1 M12 A1", 3, 43 },
        { "count", "A1 M18", 1, 24 },
        { "nary-map", "M9 M45 M9", 3, 74 },
        { "shuffle-dyck3", "A1 M20 A6 M7 M12 M438 M8 M8 A1 M1 A1 M13 M4", 9, 73 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Build_ProgramOfTheTable_HasItsSizes(string program, string blocks, int layers, int width)
    {
        BuiltInProgram builtIn = BuiltInPrograms.Get(program);

        var network = CraftNetwork.Build(builtIn.Create(), builtIn.Options);

        Assert.Equal((blocks, layers, width), (string.Join(' ', network.Blocks), network.Layers.Count, network.Basis.Size));
    }
}
