using System.Reflection;

namespace Pellucid.Models;

/// <summary>Which build of Pellucid is running.</summary>
public static class ProgramInfo
{
    private static readonly string[] Parts = (typeof(ProgramInfo).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>Its version: <c>0.1.0</c>.</summary>
    public static string Version => Parts[0];

    /// <summary>The commit that it was built from; null where the build did not know.</summary>
    public static string? Commit => Parts.Length > 1 && Parts[1].Length > 0 ? Parts[1] : null;
}
