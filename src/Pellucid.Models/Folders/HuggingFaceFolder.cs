using System.Text.Json;
using Pellucid.Models.Architectures;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Networks;
using Pellucid.Models.Sentences;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>A model as a folder in Hugging Face's layout: <c>config.json</c> with a <c>model_type</c>, and its arrays.</summary>
internal static class HuggingFaceFolder
{
    private const string GenerationFile = "generation_config.json", TextPart = "text_config", ModelType = "model_type", Advice = "Get the config.json that belongs to the checkpoint", Other = "Open a checkpoint of a family that can be read";
    private const long LongestFile = 1 << 22;

    /// <summary>Whether a folder has a config of this layout.</summary>
    internal static bool Is(string folder)
    {
        string path = Path.Combine(folder, FolderConfig.FileName);
        if (!File.Exists(path))
        {
            return false;
        }

        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        return document.RootElement.TryGetProperty(ModelType, out _);
    }

    /// <summary>Opens a folder, or one of its files of arrays with the config beside it.</summary>
    internal static Model Open(string folder, OpenOptions options, string? file = null)
    {
        string path = Path.Combine(folder, FolderConfig.FileName);
        using JsonDocument document = JsonFile.Read(path, LongestFile, Advice);
        JsonFields json = new(path, document.RootElement, Advice);
        Architecture family = FamilyOf(json);
        JsonFields facts = json.Object(TextPart) ?? json;
        CheckSupported(json, []);
        CheckSupported(facts, family.Unsupported);
        using CheckpointArrays arrays = CheckpointFolder.Open(folder, file);
        string root = SourceTable.RootOf(family, arrays);
        ModelConfig config = family.Facts(new CheckpointFacts(facts, name => arrays.Shapes.ContainsKey(name[0] == '*' ? root + name[1..] : name)));
        config = WithGeneration(folder, config);
        NetworkClaims.Check(config, path, "Get the config.json that belongs to the checkpoint");
        IReadOnlyDictionary<string, ArraySource> sources = SourceTable.Of(family, arrays, root, config);
        options.Check(config);
        Tokenizer? tokenizer = options.Tokenizer ?? TokenizerFiles.Find(folder, config.Vocabulary);
        SentenceOptions sentences = SentenceFiles.In(folder);
        NetworkPlan plan = new(config);
        return ModelParameters.Made(folder, plan, WeightNames.Pack(plan, new CheckpointParameters(arrays, sources), options.WeightStorage), tokenizer, sentences);
    }

    private static Architecture FamilyOf(JsonFields json)
    {
        string type = json.Text(ModelType, "none");
        if (Architecture.Of(type) is { } family)
        {
            return family;
        }

        string[] known = [.. Architecture.All.SelectMany(each => each.ModelTypes)];
        string nearest = known.MinBy(name => EditDistance.Between(type, name))!;
        throw new BadFileException(json.Path, $"its model_type is '{type}', which cannot be read; the nearest of those that can is '{nearest}' (all: {string.Join(", ", known)})", Other);
    }

    /// <summary>Refuses facts that networks here do not have, each by its key.</summary>
    private static void CheckSupported(JsonFields json, string[] unsupported)
    {
        foreach (string key in (string[])["quantization_config", "is_encoder_decoder", .. unsupported])
        {
            if (!json.IsNothing(key))
            {
                throw new BadFileException(json.Path, $"'{key}' is {json.Shown(key)}; networks here cannot have that yet", Other);
            }
        }
    }

    /// <summary>The config with the tokens that end a text, where the folder says how texts are generated.</summary>
    private static ModelConfig WithGeneration(string folder, ModelConfig config)
    {
        string path = Path.Combine(folder, GenerationFile);
        if (!config.IsCausal || !File.Exists(path))
        {
            return config;
        }

        using JsonDocument document = JsonFile.Read(path, LongestFile, $"Correct the file, or remove it");
        JsonFields json = new(path, document.RootElement, "Correct the file, or remove it");
        return json.Ids("eos_token_id") is { } ids ? config with { StopIds = [.. ids.Where(id => id >= 0 && id < config.Vocabulary).Distinct()] } : config;
    }
}
