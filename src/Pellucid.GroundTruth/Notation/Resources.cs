namespace Pellucid.GroundTruth.Notation;

/// <summary>The texts that come inside this assembly.</summary>
internal static class Resources
{
    /// <summary>The names of all texts.</summary>
    internal static IReadOnlyList<string> All => typeof(Resources).Assembly.GetManifestResourceNames();

    /// <summary>A text.</summary>
    internal static string Text(string name)
    {
        using Stream stream = typeof(Resources).Assembly.GetManifestResourceStream(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "No such text.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
