using System.Globalization;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Folders;

/// <summary>
/// Facts for which <c>config.json</c> has no key, as texts of <c>model.safetensors</c>: <c>bos_token_id</c>, <c>eos_token_id</c> (ids parted by
/// commas; generation ends at them) <c>outputs</c>, which is <c>own</c> where the outputs are not the tokens, and <c>weight_processing</c>, the steps that
/// were done to the parameters.
/// </summary>
internal static class FolderTexts
{
    private const string Bos = "bos_token_id", Stops = "eos_token_id", Outputs = "outputs", Own = "own", Processing = "weight_processing";
    private const int MostStops = 1024;

    internal static Dictionary<string, string> Write(ModelConfig config)
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

        if (config.OutputVocabulary is not null)
        {
            texts[Outputs] = Own;
        }

        if (!config.Processing.IsNone)
        {
            texts[Processing] = config.Processing.ToString();
        }

        return texts;
    }

    /// <summary>The config with what the texts add to it.</summary>
    /// <exception cref="BadFileException">A text is not what it should be.</exception>
    internal static ModelConfig Read(SafetensorsFile file, ModelConfig config, bool prependsBos)
    {
        int[] bos = Ids(file, Bos), stops = Ids(file, Stops);
        string? outputs = file.Metadata.GetValueOrDefault(Outputs);
        if (bos.Length > 1 || outputs is not (null or Own))
        {
            throw Bad(file, bos.Length > 1 ? Bos : Outputs);
        }

        WeightProcessing processing = WeightProcessing.None;
        if (file.Metadata.TryGetValue(Processing, out string? steps) && !WeightProcessing.TryParse(steps, out processing))
        {
            throw Bad(file, Processing);
        }

        return config with
        {
            Processing = processing,
            BosId = prependsBos && bos.Length == 1 ? bos[0] : null,
            StopIds = stops,
            OutputVocabulary = outputs is null ? config.OutputVocabulary : config.Outputs,
        };
    }

    private static int[] Ids(SafetensorsFile file, string key)
    {
        if (!file.Metadata.TryGetValue(key, out string? text))
        {
            return [];
        }

        string[] parts = text.Split(',', MostStops + 1);
        return parts.Length > MostStops
            ? throw Bad(file, key)
            : Array.ConvertAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw Bad(file, key));
    }

    private static BadFileException Bad(SafetensorsFile file, string key) => new(
        file.Path, $"its text '{key}' is '{Checkpoints.JsonFile.Short(file.Metadata.GetValueOrDefault(key) ?? "")}', which is not what {(key == Outputs ? "it may be: own" : key == Processing ? "steps of processing are called" : "token ids are")}",
        "Write the folder anew");
}
