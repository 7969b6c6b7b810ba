using System.Text.Json.Serialization;

namespace Pellucid.Dictionaries;

/// <summary>What a dictionary is: the content of its <c>cfg.json</c>, in SAELens's keys. Immutable.</summary>
public sealed record DictionaryConfig
{
    /// <summary>The only architecture that can be read and written so far.</summary>
    public const string TopK = "topk";

    /// <summary>Architecture: <c>topk</c>.</summary>
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    /// <summary>Width of the hook.</summary>
    [JsonPropertyName("d_in")]
    public int DIn { get; init; }

    /// <summary>Number of latents.</summary>
    [JsonPropertyName("d_sae")]
    public int DSae { get; init; }

    /// <summary>Most latents that are active on a row, 1 to d_sae.</summary>
    [JsonPropertyName("k")]
    public int K { get; init; }

    /// <summary>Storage of the weights in the file, in PyTorch's name. Computing is in float32 whatever it says.</summary>
    [JsonPropertyName("dtype")]
    public string Dtype { get; init; } = "float32";

    /// <summary>Where the peer would put it; always <c>cpu</c> in what is written here.</summary>
    [JsonPropertyName("device")]
    public string Device { get; init; } = "cpu";

    /// <summary>Whether b_dec is taken off the input before encoding.</summary>
    [JsonPropertyName("apply_b_dec_to_input")]
    public bool ApplyBDecToInput { get; init; } = true;

    /// <summary>Scaling of the input; only <c>none</c> can be read.</summary>
    [JsonPropertyName("normalize_activations")]
    public string NormalizeActivations { get; init; } = None;

    /// <summary>Joining of the hook's axes; only <c>none</c> can be read.</summary>
    [JsonPropertyName("reshape_activations")]
    public string ReshapeActivations { get; init; } = None;

    /// <summary>Whether latents are in units of their decoder row's norm: chosen and given times ‖W_dec[i]‖.</summary>
    [JsonPropertyName("rescale_acts_by_decoder_norm")]
    public bool RescaleActsByDecoderNorm { get; init; }

    /// <summary>Where it was trained.</summary>
    [JsonPropertyName("metadata")]
    public DictionaryMetadata Metadata { get; init; } = new();

    internal const string None = "none";
}
