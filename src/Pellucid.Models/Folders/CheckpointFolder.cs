using Pellucid.Models.Checkpoints;
using Pellucid.Models.Pickles;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>Finds the arrays of a checkpoint in a folder, under whichever of the field's names they go by.</summary>
internal static class CheckpointFolder
{
    private const string Safetensors = "model.safetensors", Pickle = "pytorch_model.bin", Index = ".index.json";

    /// <summary>Opens them; safetensors are preferred to pickles.</summary>
    /// <exception cref="BadFileException">There are none, or they cannot be read.</exception>
    internal static CheckpointArrays Open(string folder)
    {
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

        string[] others = [.. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).Take(9)];
        return others.Length == 1 ? SafetensorsArrays.Open(others[0]) : throw new BadFileException(
            folder,
            others.Length == 0
                ? "it has a config.json but no arrays: model.safetensors, pytorch_model.bin, the index of several such files, or another safetensors file was expected"
                : $"it has {others.Length} safetensors files ({string.Join(", ", others.Take(5).Select(Path.GetFileName))}) and none is called {Safetensors}, nor is there {Safetensors}{Index}",
            "Get the checkpoint again, with all of its files");
    }
}
