using System.Text.Json;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Tokenizers;

/// <summary>The parts of <c>tokenizer.json</c>, one by one, by what they do to a text.</summary>
public sealed class DefinitionTests
{
    private const string Metaspace = "\"type\":\"Metaspace\",\"replacement\":\"\u2581\"";

    [Theory]
    [InlineData("{\"type\":\"NFC\"}", "e\u0301", "é")]
    [InlineData("{\"type\":\"NFD\"}", "é", "e\u0301")]
    [InlineData("{\"type\":\"NFKC\"}", "ﬁ２", "fi2")]
    [InlineData("{\"type\":\"NFKD\"}", "ﬁé", "fie\u0301")]
    [InlineData("{\"type\":\"Lowercase\"}", "ÀΣİ𐐀", "àσi\u0307𐐨")]
    [InlineData("{\"type\":\"StripAccents\"}", "e\u0301é", "eé")]
    [InlineData("{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":false}", " \ta ", "a ")]
    [InlineData("{\"type\":\"Strip\"}", "  ", "")]
    [InlineData("{\"type\":\"Nmt\"}", "a\u0001\tb\u200bc", "a b c")]
    [InlineData("{\"type\":\"Prepend\",\"prepend\":\"<\"}", "a", "<a")]
    [InlineData("{\"type\":\"Prepend\",\"prepend\":\"<\"}", "", "")]
    [InlineData("{\"type\":\"Replace\",\"pattern\":{\"String\":\".\"},\"content\":\"!!\"}", "a.b.", "a!!b!!")]
    [InlineData("{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}", "a   b c", "a b c")]
    [InlineData("{\"type\":\"Replace\",\"pattern\":{\"String\":\"🦊\"},\"content\":\"fox\"}", "a🦊b", "afoxb")]
    [InlineData("{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}", "Á\u0000中\tb", "a 中  b")]
    [InlineData("{\"type\":\"BertNormalizer\",\"clean_text\":false,\"handle_chinese_chars\":false,\"strip_accents\":null,\"lowercase\":false}", "Á中\t", "Á中\t")]
    [InlineData("{\"type\":\"ByteLevel\"}", "é ", "Ã©Ġ")]
    [InlineData("{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFD\"},{\"type\":\"StripAccents\"},{\"type\":\"Lowercase\"}]}", "Éa", "ea")]
    [InlineData("null", "Éa ", "Éa ")]
    public void Normalizer_Text_BecomesAnother(string normalizer, string text, string expected) =>
        Assert.Equal(expected.Length == 0 ? [] : [expected], Pieces(normalizer, "null", text).Select(piece => piece.Text));

    [Theory]
    [InlineData("{\"type\":\"Whitespace\"}", "Hey! you're  in_x", "Hey|!|you|'|re|in_x")]
    [InlineData("{\"type\":\"WhitespaceSplit\"}", " a,b\u00a0c\n", "a,b|c")]
    [InlineData("{\"type\":\"BertPreTokenizer\"}", "a-b $5 «x»", "a|-|b|$|5|«|x|»")]
    [InlineData("{\"type\":\"Punctuation\"}", "a!!b", "a|!|!|b")]
    [InlineData("{\"type\":\"Punctuation\",\"behavior\":\"Contiguous\"}", "a!!b!", "a|!!|b|!")]
    [InlineData("{\"type\":\"Punctuation\",\"behavior\":\"Removed\"}", "a!!b!", "a|b")]
    [InlineData("{\"type\":\"Punctuation\",\"behavior\":\"MergedWithPrevious\"}", "!a!!b", "!|a!|!|b")]
    [InlineData("{\"type\":\"Punctuation\",\"behavior\":\"MergedWithNext\"}", "a!!b!", "a|!|!b|!")]
    [InlineData("{\"type\":\"Digits\",\"individual_digits\":true}", "a12𝟘", "a|1|2|𝟘")]
    [InlineData("{\"type\":\"Digits\",\"individual_digits\":false}", "a12b3", "a|12|b|3")]
    [InlineData("{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"-\"}", "-a--b", "a|b")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"String\":\"x\"},\"behavior\":\"Isolated\",\"invert\":false}", "axxb", "a|x|x|b")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[0-9]+\"},\"behavior\":\"Removed\",\"invert\":true}", "a12b3", "12|3")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\"},\"behavior\":\"Removed\",\"invert\":false}", "ab", "ab")]
    [InlineData("{" + Metaspace + ",\"prepend_scheme\":\"always\",\"split\":true}", "a b  c", "▁a|▁b|▁|▁c")]
    [InlineData("{" + Metaspace + ",\"prepend_scheme\":\"first\",\"split\":false}", "a b", "▁a▁b")]
    [InlineData("{" + Metaspace + ",\"prepend_scheme\":\"never\"}", "a b", "a|▁b")]
    [InlineData("{" + Metaspace + ",\"add_prefix_space\":false}", " a", "▁a")]
    [InlineData("{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"use_regex\":true}", "é b", "ĠÃ©|Ġb")]
    [InlineData("{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}", "é b", "Ã©Ġb")]
    [InlineData("{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"WhitespaceSplit\"},{\"type\":\"Punctuation\"}]}", "a! b", "a|!|b")]
    [InlineData("{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":true},{\"type\":\"Punctuation\"}]}", "a!!", "a|!|!")]
    public void PreTokenizer_Text_IsCut(string preTokenizer, string text, string expected) =>
        Assert.Equal(expected.Split('|'), Pieces("null", preTokenizer, text).Select(piece => piece.Text));

    [Theory]
    [InlineData("{\"type\":\"Prepend\",\"prepend\":\"<\"}", "{\"type\":\"Whitespace\"}", "ab c", "< 0-0|ab 0-2|c 3-4")]
    [InlineData("{\"type\":\"NFKC\"}", "{\"type\":\"WhitespaceSplit\"}", "ﬁ ½", "fi 0-1|1\u20442 2-3")]
    [InlineData("null", "{" + Metaspace + ",\"prepend_scheme\":\"always\"}", "a 🦊", "▁a 0-1|▁🦊 1-4")]
    [InlineData("{\"type\":\"Lowercase\"}", "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}", "É x", "ĠÃ© 0-1|Ġx 1-3")]
    public void Tokenize_ChangedText_GivesPlacesInTheOriginal(string normalizer, string preTokenizer, string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Pieces(normalizer, preTokenizer, text).Select(piece => $"{piece.Text} {piece.Start}-{piece.End}")));

    [Theory]
    [InlineData("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}", "hug ##ging do n't .", "hugging don't.")]
    [InlineData("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":false}", "a ##b .", "ab .")]
    [InlineData("{" + Metaspace + ",\"prepend_scheme\":\"always\"}", "▁a b ▁c", "ab c")]
    [InlineData("{" + Metaspace + ",\"prepend_scheme\":\"never\"}", "▁a ▁c", " a c")]
    [InlineData("{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}", "a b</w> c</w>", "ab c")]
    [InlineData("{\"type\":\"ByteFallback\"}", "a <0xE2> <0x82> <0xAC> b", "a€b")]
    [InlineData("{\"type\":\"ByteLevel\"}", "Ġa Ã ©", " aé")]
    [InlineData("{\"type\":\"CTC\",\"pad_token\":\"<pad>\",\"word_delimiter_token\":\"|\",\"cleanup\":true}", "<pad> h h e <pad> l l <pad> l o o | w", "hello w")]
    [InlineData("{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}", "▁▁a ▁b", " a b")]
    [InlineData("{\"type\":\"Strip\",\"content\":\"_\",\"start\":1,\"stop\":1}", "_a_ __", "a")]
    [InlineData("null", "a b", "a b")]
    public void Decoder_Tokens_BecomeAText(string decoder, string tokens, string expected)
    {
        string[] all = tokens.Split(' ');
        string[] known = [.. all.Distinct()];
        Tokenizer tokenizer = Words(known, $"\"decoder\":{decoder}");
        int[] ids = [.. all.Select(token => Array.IndexOf(known, token))];
        Assert.Equal(expected, tokenizer.Decode(ids));
        TextStream stream = new(tokenizer);
        string streamed = string.Concat(ids.Select(stream.Next)) + stream.End();
        Assert.Equal(decoder.Contains("cleanup\":true", StringComparison.Ordinal) ? streamed : expected, streamed); // cleaning looks at whole texts in some kinds
    }

    [Fact]
    public void AddedTokens_InAText_AreCutOutAsTheySay()
    {
        Tokenizer tokenizer = Words(["a", "b", "c", " ", "A", "x<t>"],
            """
            "added_tokens":[
              {"id":6,"content":"<s>","special":true,"lstrip":false,"rstrip":false,"single_word":false,"normalized":false},
              {"id":7,"content":"<mask>","special":true,"lstrip":true,"rstrip":true,"single_word":false,"normalized":false},
              {"id":8,"content":"word","special":false,"lstrip":false,"rstrip":false,"single_word":true,"normalized":false},
              {"id":9,"content":"KEY","special":false,"lstrip":false,"rstrip":false,"single_word":false,"normalized":true},
              {"id":10,"content":"<s><s>","special":true,"lstrip":false,"rstrip":false,"single_word":false,"normalized":false}],
            "normalizer":{"type":"Lowercase"}
            """);
        TokenizedText tokens = tokenizer.Tokenize("A<s>b  <mask> wordKey");
        Assert.Equal(["a", "<s>", "b", "<mask>", "<unk>", "KEY"], tokens.Tokens);
        Assert.Equal([(0, 1), (1, 4), (4, 5), (5, 14), (14, 18), (18, 21)], tokens.Offsets);
        Assert.Equal([8], tokenizer.Encode("word"));
        Assert.Equal([10, 6], tokenizer.Encode("<s><s><s>"));
        Assert.Equal([9], tokenizer.Encode("key", new EncodeOptions { ParseSpecial = false }));
        Assert.Equal(["<unk>"], tokenizer.Tokenize("<s>", new EncodeOptions { ParseSpecial = false }).Tokens);
        Assert.Equal((6, true, false), (tokenizer.IdOf("<s>"), tokenizer.IsSpecial(6), tokenizer.IsSpecial(8)));
        Assert.Equal("ab", tokenizer.DecodeWithoutSpecial([6, 0, 7, 1]).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"type\":\"BertProcessing\",\"sep\":[\"b\",1],\"cls\":[\"a\",0]}", "0 2 1", "0 2 1 2 1", "0 0 0 1 1")]
    [InlineData("{\"type\":\"RobertaProcessing\",\"sep\":[\"b\",1],\"cls\":[\"a\",0],\"trim_offsets\":true,\"add_prefix_space\":false}", "0 2 1", "0 2 1 1 2 1", "0 0 0 0 0 0")]
    [InlineData("{\"type\":\"ByteLevel\",\"trim_offsets\":true}", "2", "2 2", "0 1")]
    [InlineData("{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"Sequence\":{\"id\":\"B\",\"type_id\":1}}],\"special_tokens\":{\"x\":{\"id\":\"x\",\"ids\":[1,0],\"tokens\":[\"b\",\"a\"]}}}]}", "1 0 2", "2 2", "0 1")]
    public void PostProcessor_Texts_GetTokensAround(string processor, string single, string pair, string types)
    {
        Tokenizer tokenizer = Words(["a", "b", "c"], $"\"post_processor\":{processor}");
        Assert.Equal(single, string.Join(' ', tokenizer.EncodeSequence("c")));
        Assert.Equal(pair, string.Join(' ', tokenizer.EncodePair("c", "c").Ids));
        Assert.Equal(types, string.Join(' ', tokenizer.EncodePair("c", "c").TypeIds));
        Assert.Equal(single, string.Join(' ', tokenizer.Tokenize("c", new EncodeOptions { AddSpecial = true }).Ids));
    }

    [Theory]
    [InlineData("\"unk_token\":\"?\",\"fuse_unk\":true", "xyab", "? ab")]
    [InlineData("\"unk_token\":\"?\",\"fuse_unk\":false", "xyab", "? ? ab")]
    [InlineData("\"unk_token\":null", "xyab", "ab")]
    [InlineData("\"ignore_merges\":true", "abc", "abc")]
    [InlineData("\"ignore_merges\":false", "abc", "ab c")]
    [InlineData("\"dropout\":0.5", "ab", "ab")]
    public void BytePairs_Options_AreFollowed(string options, string text, string tokens)
    {
        Tokenizer tokenizer = References.FromJson("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"abc\":4,\"?\":5},\"merges\":[[\"a\",\"b\"]]," + options + "}}");
        Assert.Equal(tokens, string.Join(' ', tokenizer.Tokenize(text).Tokens));
    }

    [Fact]
    public void BytePairs_Affixes_MarkPlacesInAWord()
    {
        Tokenizer tokenizer = References.FromJson("""
            {"model":{"type":"BPE","vocab":{"a":0,"##b":1,"##b</w>":2,"a</w>":3,"ab</w>":4,"ab":5},"merges":["a ##b</w>","a ##b"],"continuing_subword_prefix":"##","end_of_word_suffix":"</w>"},
            "pre_tokenizer":{"type":"WhitespaceSplit"}}
            """);
        Assert.Equal(["ab</w>", "a</w>", "ab", "##b</w>"], tokenizer.Tokenize("ab a abb").Tokens);
    }

    [Theory]
    [InlineData("\"normalizer\":{\"type\":\"Uppercase\"}", "'Uppercase'")]
    [InlineData("\"normalizer\":{}", "no type")]
    [InlineData("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\\\\p{Cyrillic}\"},\"content\":\"\"}", "Cyrillic")]
    [InlineData("\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"}", "character map")]
    [InlineData("\"normalizer\":{\"type\":\"Prepend\"}", "'prepend'")]
    [InlineData("\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"}", "'UnicodeScripts'")]
    [InlineData("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Kept\"}", "Kept")]
    [InlineData("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"ab\"}", "one character")]
    [InlineData("\"post_processor\":{\"type\":\"Fancy\"}", "'Fancy'")]
    [InlineData("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\"}}],\"pair\":[],\"special_tokens\":{}}", "'x'")]
    [InlineData("\"decoder\":{\"type\":\"Fancy\"}", "'Fancy'")]
    [InlineData("\"decoder\":7", "decoder is 7")]
    [InlineData("\"added_tokens\":[{\"id\":99999999,\"content\":\"x\"}]", "99999999")]
    [InlineData("\"added_tokens\":[{\"id\":-1,\"content\":\"x\"}]", "-1")]
    public void Read_WhatCannotBeRead_IsRefusedByName(string part, string name)
    {
        BadFileException error = Assert.Throws<BadFileException>(() => Words(["a"], part));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    /// <summary>A tokenizer whose words are these, and &lt;unk&gt; after them.</summary>
    private static Tokenizer Words(string[] words, string parts)
    {
        string[] unknown = words.Contains("<unk>") ? [] : ["<unk>"];
        string vocabulary = string.Join(',', words.Concat(unknown).Select((word, id) => $"{JsonSerializer.Serialize(word)}:{(word == "<unk>" ? 20 : id)}"));
        return References.FromJson("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{" + vocabulary + "},\"unk_token\":\"<unk>\"}," + parts + "}");
    }

    /// <summary>The pieces that reach the model, each with its place in the text.</summary>
    private static List<(string Text, int Start, int End)> Pieces(string normalizer, string preTokenizer, string text)
    {
        Pellucid.Models.Tokenizers.Texts.AlignedText whole = Pellucid.Models.Tokenizers.Texts.AlignedText.Of(text, 0, tracks: true);
        if (normalizer != "null")
        {
            using JsonDocument document = JsonDocument.Parse(normalizer);
            whole = Pellucid.Models.Tokenizers.Definitions.NormalizerDefinitions.Read(new("normalizer", document.RootElement)).Apply(whole);
        }

        List<Pellucid.Models.Tokenizers.PreTokenizers.Piece> pieces = [];
        Pellucid.Models.Tokenizers.PreTokenizers.Piece piece = new(whole, 0, whole.Text.Length);
        if (preTokenizer == "null")
        {
            pieces.Add(piece);
        }
        else
        {
            using JsonDocument document = JsonDocument.Parse(preTokenizer);
            Pellucid.Models.Tokenizers.Definitions.PreTokenizerDefinitions.Read(new("pre_tokenizer", document.RootElement)).Cut(piece, pieces);
        }

        return [.. pieces.Where(part => part.End > part.Start).Select(part => (part.Span.ToString(), part.Text.PlaceOf(part.Start, part.End).Start, part.Text.PlaceOf(part.Start, part.End).End))];
    }
}
