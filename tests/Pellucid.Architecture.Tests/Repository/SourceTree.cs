using System.Xml.Linq;

namespace Pellucid.Architecture.Tests.Repository;

/// <summary>The files of this repository, found from the place where the tests run.</summary>
internal static class SourceTree
{
    /// <summary>Folder of the solution.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The project files below src, by project name.</summary>
    internal static IReadOnlyList<string> SourceProjects { get; } = Projects("src");

    /// <summary>A path below the root, with the separators of this machine.</summary>
    internal static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Project files one folder below a folder of the root.</summary>
    internal static IReadOnlyList<string> Projects(string folder) =>
        [.. Directory.EnumerateFiles(At(folder), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Values of an attribute of all elements of one name in a project or props file.</summary>
    internal static IEnumerable<string> Includes(string file, string element) =>
        XDocument.Load(file).Descendants(element).Select(item => item.Attribute("Include")?.Value).OfType<string>();

    /// <summary>A path as it reads in messages.</summary>
    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Pellucid.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException($"No Pellucid.slnx above {AppContext.BaseDirectory}.");
    }
}
