using System.IO.Compression;
using System.Text.Json;
using Pellucid.Models.Tokenizers;
using Pellucid.Models.Tokenizers.Vocabularies;

namespace Pellucid.Models.Tests.Tokenizers;

/// <summary>Vocabularies, and what other implementations make of the texts with them; references/make-references.mjs wrote both.</summary>
internal static class References
{
    private static readonly Lazy<Tokenizer> Pairs = new(() => BytePairFiles.Read("vocab.bpe", Unpacked("gpt2.vocab.bpe.gz"), null, TokenizerSettings.None));
    private static readonly Dictionary<string, Lazy<Tokenizer>> Json = ((string[])["minilm", "qwen3", "llama512", "unigram"]).ToDictionary(
        name => name, name => new Lazy<Tokenizer>(() => FromJson(Unpacked($"{name}.tokenizer.json.gz"))));

    internal static string[] Texts { get; } = [.. Document("texts.json").EnumerateArray().Select(text => text.GetString()!)];

    internal static Tokenizer Of(string name) => name == "gpt2" ? Pairs.Value : Json[name].Value;

    internal static JsonElement Ids(string name) => Document($"{name}.ids.json");

    internal static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    internal static Tokenizer FromJson(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return TokenizerJson.Read("tokenizer.json", document.RootElement, TokenizerSettings.None);
    }

    internal static Tokenizer FromJson(string json) => FromJson(System.Text.Encoding.UTF8.GetBytes(json));

    internal static byte[] Unpacked(string name)
    {
        using GZipStream stream = new(File.OpenRead(PathOf(name)), CompressionMode.Decompress);
        using MemoryStream buffer = new();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    internal static JsonElement Document(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(PathOf(name)));
        return document.RootElement.Clone();
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Tokenizers", "references", name);
}
