using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>A picture that a verb writes, and its numbers in a JSON file beside it.</summary>
internal static class PictureFile
{
    private const string Extension = ".svg";

    /// <summary>The <c>--out</c> option.</summary>
    internal static Option<string> Option()
    {
        Option<string> option = Values.Parsed("--out", "FILE.svg", "Where the picture goes; its numbers go to FILE.json beside it.", "", "the name of a file that ends in .svg", text =>
            (text.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(text).Length > Extension.Length, text));
        (option.Required, option.DefaultValueFactory) = (true, null);
        return option;
    }

    /// <summary>Refuses what cannot be written, before any work is done.</summary>
    internal static void Require(string path)
    {
        if (Directory.Exists(path) || Directory.Exists(Numbers(path)))
        {
            throw new PellucidException($"'{path}', or the file of numbers beside it, is a folder; --out needs the name of a file. Choose another name.");
        }

        OutFolder.RequireWritable(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    internal static string Numbers(string path) => Path.ChangeExtension(path, ".json");

    internal static void Write(string path, string picture, string numbers)
    {
        AtomicFile.WriteAllText(Numbers(path), numbers);
        AtomicFile.WriteAllText(path, picture);
    }
}
