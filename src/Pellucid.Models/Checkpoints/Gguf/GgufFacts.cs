using Pellucid.Tensors.Files;

namespace Pellucid.Models.Checkpoints.Gguf;

/// <summary>What a GGUF file tells of its network under the keys of its architecture, each within the range that can be.</summary>
internal sealed class GgufFacts
{
    private const string ArchitectureKey = "general.architecture";

    internal GgufFacts(GgufFile file)
    {
        File = file;
        Architecture = file.Metadata.Text(ArchitectureKey) ?? throw Bad($"its metadata has no '{ArchitectureKey}'");
    }

    internal GgufFile File { get; }

    /// <summary>The family as the file calls it; its keys begin with it.</summary>
    internal string Architecture { get; }

    /// <summary>Whether the file has an array of a name.</summary>
    internal bool HasArray(string name) => File.Tensors.ContainsKey(name);

    /// <summary>Whether there is a value under a key of the architecture.</summary>
    internal bool Has(string key) => File.Metadata.Contains(Key(key));

    /// <summary>A size that must be there, 1 to <paramref name="most"/>; one for every layer counts where they are equal.</summary>
    internal int Size(string key, int most) => SizeOr(key, most) ?? throw Bad($"its metadata has no '{JsonFile.Short(Key(key))}'");

    /// <summary>A size, or null where the key is not there.</summary>
    internal int? SizeOr(string key, int most)
    {
        int? value = File.Metadata.Int32(Key(key), LargestSizes.Layers);
        return value is null || (value >= 1 && value <= most)
            ? value
            : throw Bad($"its '{JsonFile.Short(Key(key))}' is {value}; 1 to {most} was expected");
    }

    /// <summary>A number above 0 or the value that a missing key stands for.</summary>
    internal double Positive(string key, double missing)
    {
        double value = File.Metadata.Number(Key(key)) ?? missing;
        return value > 0 ? value : throw Bad($"its '{JsonFile.Short(Key(key))}' is {value}; a number above 0 was expected");
    }

    /// <summary>A number above 0 that must be there.</summary>
    internal double Positive(string key) => Has(key) ? Positive(key, 0) : throw Bad($"its metadata has no '{JsonFile.Short(Key(key))}'");

    /// <summary>A number, or the value that a missing key stands for.</summary>
    internal double Number(string key, double missing) => File.Metadata.Number(Key(key)) ?? missing;

    internal bool Flag(string key, bool missing) => File.Metadata.Flag(Key(key)) ?? missing;

    internal string? Text(string key) => File.Metadata.Text(Key(key));

    internal BadFileException Bad(string problem) => new(File.Path, problem, "Open a GGUF file of a family that can be read");

    private string Key(string key) => $"{Architecture}.{key}";
}
