using Pellucid.Models.Checkpoints;
using Pellucid.Models.Pickles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>Finds the arrays of a checkpoint in a folder, under whichever of the field's names they go by.</summary>
internal static class CheckpointFolder
{
    private const string Safetensors = "model.safetensors", Pickle = "pytorch_model.bin", Index = ".index.json";

    /// <summary>Whether a file is called as those of torch.save are.</summary>
    internal static bool IsPickle(string path) => Path.GetFileName(path) == Pickle || Path.GetExtension(path) is ".pt" or ".pth";

    /// <summary>Whether a folder has arrays under a name by which they are found whatever else is there.</summary>
    internal static bool HasPickle(string folder) => File.Exists(Path.Combine(folder, Pickle)) || File.Exists(Path.Combine(folder, Pickle + Index));

    /// <summary>Opens them; safetensors are preferred to pickles.</summary>
    /// <exception cref="BadFileException">There are none, or they cannot be read.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The file that was named; null where the folder was.</param>
    internal static CheckpointArrays Open(string folder, string? file = null)
    {
        if (file is not null)
        {
            return IsPickle(file) ? PickleArrays.Open(file) : SafetensorsArrays.Open(file);
        }

        (string Name, Func<string, CheckpointArrays> Open)[] known =
        [
            (Safetensors, SafetensorsArrays.Open), (Safetensors + Index, SafetensorsArrays.OpenIndex), (Pickle, PickleArrays.Open), (Pickle + Index, PickleArrays.OpenIndex),
        ];
        foreach ((string name, Func<string, CheckpointArrays> open) in known)
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                return open(Path.Combine(folder, name));
            }
        }

        string[] others = [.. Directory.EnumerateFiles(folder).Where(path => path.EndsWith(".safetensors", StringComparison.Ordinal) || IsPickle(path)).Order(StringComparer.Ordinal).Take(9)];
        return others.Length == 1 ? Open(folder, others[0]) : throw new BadFileException(
            folder,
            others.Length == 0
                ? "it has a config.json but no arrays: model.safetensors, pytorch_model.bin, the index of several such files, or another file of safetensors, .pt or .pth was expected"
                : $"it has {others.Length} files of arrays ({string.Join(", ", others.Take(5).Select(Path.GetFileName))}) and none is called {Safetensors}, nor is there {Safetensors}{Index}",
            "Get the checkpoint again, with all of its files");
    }
}
