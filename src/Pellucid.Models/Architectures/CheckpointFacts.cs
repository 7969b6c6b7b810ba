using System.Text.Json;
using Pellucid.Models.Checkpoints;
using Pellucid.Models.Folders;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Architectures;

/// <summary>
/// What a checkpoint tells of its network: the keys of <c>config.json</c>, and which arrays there are. A key that is missing takes the value that the
/// library that writes such files gives it; each family names those.
/// </summary>
internal sealed class CheckpointFacts(JsonFields json, Func<string, bool> has)
{
    private static readonly (string? Name, Activation Function)[] Functions =
    [
        ("relu", Tensors.Activation.Relu), ("gelu", Tensors.Activation.Gelu), ("gelu_python", Tensors.Activation.Gelu), ("gelu_new", Tensors.Activation.GeluTanh),
        ("gelu_fast", Tensors.Activation.GeluTanh), ("gelu_pytorch_tanh", Tensors.Activation.GeluTanh), ("silu", Tensors.Activation.Silu),
        ("swish", Tensors.Activation.Silu), ("linear", Tensors.Activation.None),
    ];

    internal JsonFields Json => json;

    /// <summary>Whether the checkpoint has an array; <c>*</c> at the start stands for the root.</summary>
    internal bool HasArray(string name) => has(name);

    internal int Layers(string key, int missing) => json.Size(key, LargestSizes.Layers, missing);

    internal int Width(string key, int missing) => json.Size(key, LargestSizes.Width, missing);

    internal int Tokens(string key, int missing) => json.Size(key, LargestSizes.Tokens, missing);

    /// <summary>Width of a head where the residual stream is shared out among the heads.</summary>
    internal int HeadWidth(int width, int heads) => width % heads == 0
        ? width / heads
        : throw json.Bad($"its {heads} heads cannot share a width of {width} equally");

    internal Activation Activation(string key, string missing) =>
        json.HasValue(key) ? json.Choice(key, null, Functions) : Array.Find(Functions, row => row.Name == missing).Function;

    /// <summary>A key whose null says that there is none, so that only its absence takes the library's value.</summary>
    internal int WidthOrNone(string key, int missing) => json.Has(key) ? json.Size(key, LargestSizes.Tokens, 0) : missing;

    /// <summary>As <see cref="WidthOrNone"/>, for a number that may be broken.</summary>
    internal float NumberOrNone(string key, float missing) => json.Has(key) ? json.Single(key, 0) : missing;

    /// <summary>The token that begins a text; null where the config says null, or names one that the vocabulary has not.</summary>
    internal int? Bos(int missing, int vocabulary) =>
        (json.Has("bos_token_id") ? json.Ids("bos_token_id") : [missing]) is [var id, ..] && id >= 0 && id < vocabulary ? id : null;

    /// <summary>The tokens that end a text, of those that the vocabulary has.</summary>
    internal IReadOnlyList<int> Stops(int missing, int vocabulary) =>
        [.. ((json.Has("eos_token_id") ? json.Ids("eos_token_id") : [missing]) ?? []).Where(id => id >= 0 && id < vocabulary)];

    /// <summary>Whether the unembedding is the embedding turned.</summary>
    internal bool Tied(bool missing) => json.Flag("tie_word_embeddings", missing);

    /// <summary>
    /// Whether there is an unembedding: it is tied, its array is there, or the config says that it should be, so that its absence is an error.
    /// </summary>
    internal bool HasHead(bool tied, string array) =>
        tied || HasArray(array) || !(json.Values("architectures", 64) ?? []).Any(name =>
            name.ValueKind == JsonValueKind.String && JsonFile.TextOf(name) is { } type && type.EndsWith("Model", StringComparison.Ordinal) && !type.Contains("Head", StringComparison.Ordinal));

    /// <summary>Which layers are local: those that <c>layer_types</c> calls sliding; where it is missing, those that a family's rule names.</summary>
    internal IReadOnlyList<bool> LocalLayers(int layers, Func<int, bool> rule)
    {
        if (json.Values("layer_types", LargestSizes.Layers) is not { } types)
        {
            return [.. Enumerable.Range(0, layers).Select(rule)];
        }

        return types.Length == layers
            ? Array.ConvertAll(types, type => type.ValueKind == JsonValueKind.String ? JsonFile.TextOf(type) switch
            {
                "sliding_attention" => true,
                "full_attention" => false,
                _ => throw UnknownLayer(type),
            } : throw UnknownLayer(type))
            : throw json.Bad($"'layer_types' has {types.Length} values; there are {layers} layers");
    }

    private BadFileException UnknownLayer(JsonElement type) =>
        json.Bad($"'layer_types' has {JsonFile.Short(type.GetRawText())}; sliding_attention and full_attention can be read");
}
