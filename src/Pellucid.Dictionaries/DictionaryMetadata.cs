using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pellucid.Dictionaries;

/// <summary>Where a dictionary was trained: the <c>metadata</c> of its <c>cfg.json</c>. Immutable.</summary>
public sealed record DictionaryMetadata
{
    /// <summary>Name of the model.</summary>
    [JsonPropertyName("model_name")]
    public string? ModelName { get; init; }

    /// <summary>The hook that it reads and writes.</summary>
    [JsonPropertyName("hook_name")]
    public string? HookName { get; init; }

    /// <summary>The head, where it was trained on one head alone.</summary>
    [JsonPropertyName("hook_head_index")]
    public int? HookHeadIndex { get; init; }

    /// <summary>Whether its training text began with BOS.</summary>
    [JsonPropertyName("prepend_bos")]
    public bool? PrependBos { get; init; }

    /// <summary>Its name on Neuronpedia.</summary>
    [JsonPropertyName("neuronpedia_id")]
    public string? NeuronpediaId { get; init; }

    /// <summary>Keys that are kept as they were found.</summary>
    [JsonInclude]
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; internal set; }
}
