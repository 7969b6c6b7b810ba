namespace Pellucid.Models.Tests;

/// <summary>The folder of the solution, found from the built test: paths in a deterministic build are not this machine's.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pellucid.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests are not run inside the repository.");
        }

        return folder;
    }
}
