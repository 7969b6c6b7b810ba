namespace Pellucid.Models.Tests;

/// <summary>Files of numbers that others' code made, copied beside the tests.</summary>
internal static class Golden
{
    internal static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "goldens", name);
}
