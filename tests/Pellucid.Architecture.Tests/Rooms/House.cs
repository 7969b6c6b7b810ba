using System.Reflection;
using Pellucid.Architecture.Tests.Repository;

namespace Pellucid.Architecture.Tests.Rooms;

/// <summary>The order of the house: a room may use those strictly below it.</summary>
internal static class House
{
    private static readonly Dictionary<string, int> Floors = new(StringComparer.Ordinal)
    {
        ["Pellucid.Tensors"] = 1,
        ["Pellucid.Models"] = 2,
        ["Pellucid.GroundTruth"] = 3,
        ["Pellucid.Activations"] = 3,
        ["Pellucid.Dictionaries"] = 4,
        ["Pellucid.Experiments"] = 5,
        ["Pellucid.Explanations"] = 6,
        ["Pellucid.Benchmark"] = 7,
        ["Pellucid.Reports"] = 7,
        ["Pellucid.Workbench"] = 8,
        ["Pellucid.Cli"] = 9,
        ["Pellucid"] = 9, // the metapackage holds no code
    };

    /// <summary>Rooms that are libraries: all but the metapackage and the programs.</summary>
    internal static IReadOnlyList<string> Libraries { get; } =
        [.. SourceTree.SourceProjects.Select(Name).Where(name => name is not ("Pellucid" or "Pellucid.Cli" or "Pellucid.Workbench"))];

    /// <summary>The floor of a room; null for a name that is not in the order.</summary>
    internal static int? Floor(string room) => Floors.TryGetValue(room, out int floor) ? floor : null;

    /// <summary>A room's name from its project file.</summary>
    internal static string Name(string project) => Path.GetFileNameWithoutExtension(project);

    /// <summary>A room's compiled code.</summary>
    internal static Assembly Load(string room) => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{AssemblyName(room)}.dll"));

    /// <summary>The room that an assembly holds.</summary>
    internal static string RoomOf(string assembly) => assembly == "pellucid" ? "Pellucid.Cli" : assembly;

    private static string AssemblyName(string room) => room == "Pellucid.Cli" ? "pellucid" : room;
}
