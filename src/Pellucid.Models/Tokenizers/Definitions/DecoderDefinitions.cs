using Pellucid.Models.Tokenizers.Decoders;

namespace Pellucid.Models.Tokenizers.Definitions;

/// <summary>The decoders of <c>tokenizer.json</c>.</summary>
internal static class DecoderDefinitions
{
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static IDecoder Read(Definition definition) => definition.Kind switch
    {
        "Sequence" => new DecoderSequence([.. definition.List("decoders").Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "WordPiece" => StandardDecoders.WordPiece(definition.OptionalText("prefix") ?? "##", definition.Flag("cleanup", true)),
        "Metaspace" => StandardDecoders.Metaspace(definition.Character("replacement", '\u2581'), PreTokenizerDefinitions.PrefixOf(definition)),
        "BPEDecoder" => new WordEndDecoder(definition.OptionalText("suffix") ?? "</w>"),
        "Replace" => StandardDecoders.Replace(PatternDefinitions.Read(definition), definition.Text("content")),
        "Strip" => new StripDecoder(definition.Character("content"), definition.Number("start"), definition.Number("stop")),
        "CTC" => new CtcDecoder(definition.OptionalText("pad_token") ?? "<pad>", definition.OptionalText("word_delimiter_token") ?? "|", definition.Flag("cleanup", true)),
        _ => throw definition.Unknown("Sequence, ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace and CTC"),
    };
}
