namespace Pellucid.Cli.Tests.Frame;

/// <summary>A folder for one test, removed after it.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pellucid");

    /// <summary>The path of a name in it.</summary>
    internal string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a text file.</summary>
    internal string Text(string name, string content) => Bytes(name, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a file.</summary>
    internal string Bytes(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    /// <summary>Copies the files of a folder.</summary>
    internal string Copy(string from, string name)
    {
        Directory.CreateDirectory(this[name]);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(this[name], Path.GetFileName(file)));
        }

        return this[name];
    }

    /// <summary>Cuts a file to its first bytes.</summary>
    internal static void Cut(string path, int bytes)
    {
        using FileStream file = File.OpenWrite(path);
        file.SetLength(bytes);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
