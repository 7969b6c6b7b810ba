using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Folders;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Sentences;

/// <summary>
/// How a folder in the layout of sentence-transformers makes a vector of a text: <c>modules.json</c> names the steps, each with a folder of its own,
/// and <c>sentence_bert_config.json</c> the longest text.
/// </summary>
internal static class SentenceFiles
{
    private const long LongestFile = 1 << 20;
    private const int MostModules = 16, MostTokens = 1 << 24;
    private const string Advice = "Get the folder again, or remove the file", Modules = "modules.json", Settings = "sentence_bert_config.json";

    /// <summary>The options that the files tell; those by default where there are none.</summary>
    /// <exception cref="BadFileException">A file cannot be read, or names a step that is not known here.</exception>
    internal static SentenceOptions In(string folder)
    {
        string path = Path.Combine(folder, Modules);
        if (!File.Exists(path))
        {
            return SentenceOptions.Default;
        }

        SentenceOptions options = SentenceOptions.Default with { Normalize = false, MaxTokens = Longest(folder) };
        foreach (JsonFields module in ReadModules(path))
        {
            string type = module.Text("type", "none");
            options = type[(type.LastIndexOf('.') + 1)..] switch
            {
                "Transformer" => options,
                "Normalize" => options with { Normalize = true },
                "Pooling" => options with { Pooling = PoolingIn(folder, module) },
                _ => throw module.Bad($"it has a step '{type}', which cannot be done here"),
            };
        }

        return options;
    }

    private static List<JsonFields> ReadModules(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > LongestFile)
            {
                throw new BadFileException(path, $"it has {stream.Length} bytes; at most {LongestFile} were expected", Advice);
            }

            using JsonDocument document = JsonDocument.Parse(stream);
            JsonElement root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Array && root.GetArrayLength() <= MostModules && root.EnumerateArray().All(module => module.ValueKind == JsonValueKind.Object)
                ? [.. root.EnumerateArray().Select(module => new JsonFields(path, module, Advice))]
                : throw new BadFileException(path, $"a list of at most {MostModules} steps was expected", Advice);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({JsonFile.Short(error.Message.TrimEnd('.'))})", Advice, error);
        }
    }

    private static SentencePooling PoolingIn(string folder, JsonFields module)
    {
        string name = module.Text("path", "1_Pooling");
        if (name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\', ':') >= 0)
        {
            throw module.Bad($"a step is said to be in '{name}'; the plain name of a folder beside it was expected");
        }

        string path = Path.Combine(folder, name, FolderConfig.FileName);
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        JsonFields json = new(path, document.RootElement, Advice);
        if (json.HasValue("pooling_mode"))
        {
            return json.Choice(
                "pooling_mode", null, ("mean", SentencePooling.Mean), ("cls", SentencePooling.First), ("max", SentencePooling.Max), ("lasttoken", SentencePooling.Last));
        }

        (string Key, SentencePooling Pooling)[] modes =
        [
            ("pooling_mode_mean_tokens", SentencePooling.Mean), ("pooling_mode_cls_token", SentencePooling.First), ("pooling_mode_max_tokens", SentencePooling.Max),
            ("pooling_mode_lasttoken", SentencePooling.Last),
        ];
        string? other = json.Properties.Select(property => property.Name)
            .FirstOrDefault(key => key.StartsWith("pooling_mode_", StringComparison.Ordinal) && !Array.Exists(modes, mode => mode.Key == key) && !json.IsNothing(key));
        (string Key, SentencePooling Pooling)[] asked = [.. modes.Where(mode => json.Flag(mode.Key, false))];
        return other is null && asked.Length == 1
            ? asked[0].Pooling
            : throw json.Bad($"it asks for {(other is not null ? $"'{other}'" : $"{asked.Length} ways of pooling")}; one of {string.Join(", ", modes.Select(mode => mode.Key))} was expected");
    }

    private static int? Longest(string folder)
    {
        string path = Path.Combine(folder, Settings);
        if (!File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        JsonFields json = new(path, document.RootElement, Advice);
        return json.HasValue("max_seq_length") ? json.Size("max_seq_length", MostTokens) : null;
    }
}
