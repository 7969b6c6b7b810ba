using System.Text;
using Pellucid.Models.Tokenizers.Normalizers;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>The normalizers of <c>tokenizer.json</c>.</summary>
internal static class NormalizerDefinitions
{
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static INormalizer Read(Definition definition) => definition.Kind switch
    {
        "Sequence" => new NormalizerSequence([.. definition.List("normalizers").Select(Read)]),
        "NFC" => new FormNormalizer(NormalizationForm.FormC),
        "NFD" => new FormNormalizer(NormalizationForm.FormD),
        "NFKC" => new FormNormalizer(NormalizationForm.FormKC),
        "NFKD" => new FormNormalizer(NormalizationForm.FormKD),
        "Lowercase" => CharacterNormalizer.Lowercase,
        "StripAccents" => CharacterNormalizer.StripAccents,
        "Nmt" => CharacterNormalizer.Nmt,
        "Strip" => new StripNormalizer(definition.Flag("strip_left", true), definition.Flag("strip_right", true)),
        "Prepend" => new PrependNormalizer(definition.Text("prepend")),
        "Replace" => new ReplaceNormalizer(PatternDefinitions.Read(definition), definition.Text("content")),
        "ByteLevel" => new ByteNormalizer(),
        "Precompiled" => CharacterMap.Read(Bytes(definition)),
        "BertNormalizer" => BertNormalizer.Of(
            definition.Flag("clean_text", true), definition.Flag("handle_chinese_chars", true), definition.OptionalFlag("strip_accents"), definition.Flag("lowercase", true)),
        _ => throw definition.Unknown(
            "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, BertNormalizer, Nmt, ByteLevel and Precompiled"),
    };

    private static byte[] Bytes(Definition definition)
    {
        const string Key = "precompiled_charsmap";
        return definition.Find(Key) is { ValueKind: System.Text.Json.JsonValueKind.String } text && text.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw new FormatException($"'{Key}' of its {definition.Name} is not in base 64");
    }
}
