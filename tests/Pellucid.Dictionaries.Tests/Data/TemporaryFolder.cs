namespace Pellucid.Dictionaries.Tests.Data;

/// <summary>A folder that is removed when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("pellucid-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    internal string In(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Every file by name.</summary>
    internal static Dictionary<string, byte[]> Contents(string folder) =>
        Directory.GetFiles(folder).ToDictionary(file => System.IO.Path.GetFileName(file), File.ReadAllBytes);

    internal static void AssertSame(string expected, string actual)
    {
        Dictionary<string, byte[]> left = Contents(expected), right = Contents(actual);
        Assert.Equal(left.Keys.Order(), right.Keys.Order());
        Assert.All(left, pair => Assert.True(pair.Value.AsSpan().SequenceEqual(right[pair.Key]), pair.Key + " differs"));
    }

    internal static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach ((string name, byte[] bytes) in Contents(from))
        {
            File.WriteAllBytes(System.IO.Path.Combine(to, name), bytes);
        }
    }
}
