using System.Globalization;
using Pellucid.Models.Checkpoints;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>
/// Facts for which <c>config.json</c> has no key, as texts of <c>model.safetensors</c>: <c>bos_token_id</c>, <c>eos_token_id</c> (ids parted by
/// commas; generation ends at them), <c>outputs</c>, which is <c>own</c> where the outputs are not the tokens, and those of few architectures.
/// </summary>
internal static class FolderTexts
{
    private const string Bos = "bos_token_id", Stops = "eos_token_id", Yes = "yes", No = "no", SentenceKey = "sentences";
    private const int MostStops = 1024, MostWidth = 1 << 22;

    /// <summary>Each fact: its key, its text where a network has it, and a config with what a text says; null where a text says nothing that there is.</summary>
    private static readonly (string Key, Func<ModelConfig, string?> Write, Func<ModelConfig, string, ModelConfig?> Read)[] Facts =
    [
        ("outputs", config => config.OutputVocabulary is null ? null : "own", (config, text) => text == "own" ? config with { OutputVocabulary = config.Outputs } : null),
        ("block", config => config.Block == BlockKind.ParallelSharedNorm ? "parallel, one norm" : null,
            (config, text) => text == "parallel, one norm" ? config with { Block = BlockKind.ParallelSharedNorm } : null),
        ("norms", config => config.NormPlacement == NormPlacement.After ? "after" : null,
            (config, text) => text == "after" ? config with { NormPlacement = NormPlacement.After } : null),
        ("embedding_scale", config => config.EmbeddingScale == 1 ? null : config.EmbeddingScale.ToString("R", CultureInfo.InvariantCulture),
            (config, text) => Number(text) is { } scale ? config with { EmbeddingScale = (float)scale } : null),
        ("embedding_width", config => config.EmbeddingWidth?.ToString(CultureInfo.InvariantCulture), (config, text) => Size(text) is { } width ? config with { EmbeddingWidth = width } : null),
        ("token_types", config => config.TokenTypes == 0 ? null : config.TokenTypes.ToString(CultureInfo.InvariantCulture),
            (config, text) => Size(text) is { } types ? config with { TokenTypes = types } : null),
        ("unembedding", config => config.HasUnembedding ? null : "none", (config, text) => text == "none" ? config with { HasUnembedding = false } : null),
        Flag("logit_transform", config => config.LogitTransform, config => config with { LogitTransform = true }),
        Flag("pooler", config => config.Pooler, config => config with { Pooler = true }),
        Flag("next_sentence_head", config => config.NextSentenceHead, config => config with { NextSentenceHead = true }),
        ("rotary_scaling", Scaling, ReadScaling),
        ("weight_processing", config => config.Processing.Recorded, (config, text) => WeightProcessing.TryParse(text, out WeightProcessing steps) ? config with { Processing = steps } : null),
    ];

    internal static Dictionary<string, string> Write(ModelConfig config, SentenceOptions sentences)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal) { ["format"] = "pt" }; // what readers of the field look for
        if (config.BosId is { } bos)
        {
            texts[Bos] = bos.ToString(CultureInfo.InvariantCulture);
        }

        if (config.StopIds.Count > 0)
        {
            texts[Stops] = string.Join(',', config.StopIds.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        }

        if (sentences != SentenceOptions.Default)
        {
            texts[SentenceKey] = string.Create(CultureInfo.InvariantCulture, $"{sentences.Pooling},{(sentences.Normalize ? Yes : No)},{sentences.MaxTokens ?? 0}");
        }

        foreach ((string key, Func<ModelConfig, string?> write, _) in Facts)
        {
            if (write(config) is { } text)
            {
                texts[key] = text;
            }
        }

        return texts;
    }

    /// <summary>The config with what the texts add to it.</summary>
    /// <exception cref="BadFileException">A text is not what it should be.</exception>
    internal static ModelConfig Read(CheckpointArrays file, ModelConfig config, bool prependsBos)
    {
        int[] bos = Ids(file, Bos), stops = Ids(file, Stops);
        config = config with
        {
            BosId = bos.Length > 1 ? throw Bad(file, Bos, "not what token ids are") : prependsBos && bos.Length == 1 ? bos[0] : null,
            StopIds = stops,
        };
        foreach ((string key, _, Func<ModelConfig, string, ModelConfig?> read) in Facts)
        {
            if (file.Texts.TryGetValue(key, out string? text))
            {
                config = read(config, text) ?? throw Bad(file, key, "not what it may be");
            }
        }

        return config;
    }

    /// <summary>How texts become vectors: <c>Mean,yes,256</c>, which are the pooling, whether they are normalized, and the most tokens or 0.</summary>
    /// <exception cref="BadFileException">The text is not what it should be.</exception>
    internal static SentenceOptions Sentences(CheckpointArrays file)
    {
        if (!file.Texts.TryGetValue(SentenceKey, out string? text))
        {
            return SentenceOptions.Default;
        }

        return text.Split(',', 4) is [var pooling, (Yes or No) and var normalized, var most] && Array.Exists(Enum.GetNames<SentencePooling>(), name => name == pooling)
            && (most == "0" || Size(most, 1 << 24) is not null)
            ? new SentenceOptions { Pooling = Enum.Parse<SentencePooling>(pooling), Normalize = normalized == Yes, MaxTokens = most == "0" ? null : Size(most, 1 << 24) }
            : throw Bad(file, SentenceKey, "not what it may be");
    }

    private static (string Key, Func<ModelConfig, string?> Write, Func<ModelConfig, string, ModelConfig?> Read) Flag(
        string key, Func<ModelConfig, bool> has, Func<ModelConfig, ModelConfig> with) =>
        (key, config => has(config) ? Yes : null, (config, text) => text == Yes ? with(config) : null);

    private static string? Scaling(ModelConfig config) => config.RotaryScaling is { Kind: RotaryScalingKind.Linear or RotaryScalingKind.Dynamic } scaling
        ? string.Create(CultureInfo.InvariantCulture, $"{(scaling.Kind == RotaryScalingKind.Linear ? "linear" : "dynamic")},{scaling.Factor:R},{scaling.OriginalContext}")
        : null;

    private static ModelConfig? ReadScaling(ModelConfig config, string text) =>
        text.Split(',', 4) is [("linear" or "dynamic") and var kind, var factor, var context] && Number(factor) is > 0 and { } times && Size(context, 1 << 24) is { } original
            ? config with
            {
                RotaryScaling = new RotaryScaling { Kind = kind == "linear" ? RotaryScalingKind.Linear : RotaryScalingKind.Dynamic, Factor = times, OriginalContext = original },
            }
            : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static int? Size(string text, int most = MostWidth) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size >= 1 && size <= most ? size : null;

    private static int[] Ids(CheckpointArrays file, string key)
    {
        if (!file.Texts.TryGetValue(key, out string? text))
        {
            return [];
        }

        string[] parts = text.Split(',', MostStops + 1);
        BadFileException Wrong() => Bad(file, key, "not what token ids are");
        return parts.Length > MostStops
            ? throw Wrong()
            : Array.ConvertAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw Wrong());
    }

    private static BadFileException Bad(CheckpointArrays file, string key, string expected) => new(
        file.Path, $"its text '{key}' is '{JsonFile.Short(file.Texts.GetValueOrDefault(key) ?? "")}', which is {expected}", "Write the folder anew");
}
