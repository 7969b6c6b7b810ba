using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Pellucid.Tensors;

namespace Pellucid.Models.Registry.Hub;

/// <summary>
/// Which files of a model are fetched: its config, its tokenizer, and its parameters once, not in every format that its owner keeps beside each
/// other.
/// </summary>
internal static partial class HubSelection
{
    private const int MostNamed = 12;

    private static readonly string[] Small =
    [
        "config*.json", "generation_config.json", "tokenizer*.json", "special_tokens_map.json", "added_tokens.json", "chat_template.json", "vocab.json",
        "merges.txt", "vocab.txt", "encoder.json", "vocab.bpe", "*.model", "*.jinja", "modules.json", "sentence_bert_config.json",
    ];

    /// <summary>Chooses.</summary>
    /// <param name="name">The model, for errors.</param>
    /// <param name="files">All its files.</param>
    /// <param name="patterns">Patterns with * and ? of the files of parameters to take; none for the usual ones.</param>
    /// <exception cref="PellucidException">Nothing fits, or there are several GGUF files and none was chosen.</exception>
    internal static IReadOnlyList<HubFile> Choose(HubModelName name, IReadOnlyList<HubFile> files, IReadOnlyList<string> patterns)
    {
        HubFile[] weights = patterns.Count == 0 ? Usual(name, files) : [.. patterns.SelectMany(pattern => Matching(name, files, pattern))];
        IEnumerable<HubFile> small = files.Where(file => file.Path == "1_Pooling/config.json" || (file.IsAtTop && Small.Any(pattern => Matches(pattern, file.Path))));
        return [.. small.Concat(weights).DistinctBy(file => file.Path)];
    }

    /// <summary>safetensors before pickles, one file before shards; else the only GGUF.</summary>
    private static HubFile[] Usual(HubModelName name, IReadOnlyList<HubFile> files)
    {
        foreach ((string one, string index, Regex shard) in new[]
        {
            ("model.safetensors", "model.safetensors.index.json", SafetensorsShard()),
            ("pytorch_model.bin", "pytorch_model.bin.index.json", PickleShard()),
        })
        {
            if (files.FirstOrDefault(file => file.Path == one) is { } single)
            {
                return [single];
            }

            if (files.FirstOrDefault(file => file.Path == index) is { } list)
            {
                return [list, .. files.Where(file => shard.IsMatch(file.Path))];
            }
        }

        HubFile[] arrays = [.. files.Where(file => file.IsAtTop && file.Name.EndsWith(".safetensors", StringComparison.Ordinal))];
        if (arrays.Length == 1)
        {
            return arrays;
        }

        HubFile[] ggufs = [.. files.Where(file => file.Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))];
        return (ggufs.Length, arrays.Length) switch
        {
            (1, 0) => ggufs,
            (0, 0) => throw new PellucidException(
                $"{name} has no model.safetensors, pytorch_model.bin or .gguf file, but {Named(files)}. Choose files with --file, or another model."),
            _ => throw new PellucidException($"{name} has several files of parameters: {Named([.. arrays, .. ggufs])}. Choose one: --file NAME."),
        };
    }

    private static HubFile[] Matching(HubModelName name, IReadOnlyList<HubFile> files, string pattern)
    {
        HubFile[] found = [.. files.Where(file => Matches(pattern, file.Path) || Matches(pattern, file.Name))];
        return found.Length > 0 ? found : throw new PellucidException($"{name} has no file '{pattern}', but {Named(files)}. Correct --file.");
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static string Named(IReadOnlyList<HubFile> files) => files.Count == 0
        ? "no file at all"
        : string.Join(", ", files.Take(MostNamed).Select(file => file.Path)) + (files.Count > MostNamed ? $" and {files.Count - MostNamed} more" : "");

    [GeneratedRegex(@"^model-\d+-of-\d+\.safetensors$")]
    private static partial Regex SafetensorsShard();

    [GeneratedRegex(@"^pytorch_model-\d+-of-\d+\.bin$")]
    private static partial Regex PickleShard();
}
