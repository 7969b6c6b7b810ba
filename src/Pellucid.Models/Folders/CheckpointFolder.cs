using Pellucid.Models.Checkpoints;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>Finds the arrays of a checkpoint in a folder, under whichever of the field's names they go by.</summary>
internal static class CheckpointFolder
{
    private const string Safetensors = "model.safetensors", Index = ".index.json";

    /// <summary>Opens them; safetensors are preferred to pickles.</summary>
    /// <exception cref="BadFileException">There are none, or they cannot be read.</exception>
    internal static CheckpointArrays Open(string folder)
    {
        string whole = Path.Combine(folder, Safetensors);
        if (File.Exists(whole))
        {
            return SafetensorsArrays.Open(whole);
        }

        if (File.Exists(whole + Index))
        {
            return SafetensorsArrays.OpenIndex(whole + Index);
        }

        string[] others = [.. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).Take(9)];
        return others.Length == 1 ? SafetensorsArrays.Open(others[0]) : throw new BadFileException(
            folder,
            others.Length == 0
                ? "it has a config.json but no arrays: model.safetensors, model.safetensors.index.json or another safetensors file was expected"
                : $"it has {others.Length} safetensors files ({string.Join(", ", others.Take(5).Select(Path.GetFileName))}) and none is called {Safetensors}, nor is there {Safetensors}{Index}",
            "Get the checkpoint again, with all of its files");
    }
}
