using Pellucid.Models.Tokenizers;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Tokenizers;

/// <summary>The same vocabularies as GGUF would carry them give the same ids.</summary>
public sealed class GgufTokenizerTests
{
    [Fact]
    public void Of_Llama_GivesTheIdsOfTheOtherForms()
    {
        Tokenizer tokenizer = Llama();
        foreach (string text in References.Texts.Where(text => !text.Contains("<s>", StringComparison.Ordinal)))
        {
            Assert.Equal(References.Of("llama512").Encode(text), tokenizer.Encode(text));
        }

        Assert.Equal((1, 2, 0), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId));
        Assert.Equal([1, .. tokenizer.Encode("Once")], tokenizer.EncodeSequence("Once"));
        Assert.Equal("Once", tokenizer.Decode(tokenizer.EncodeSequence("Once").Skip(1), 1));
        Assert.Equal([1], tokenizer.Encode("<s>"));
        Assert.DoesNotContain(1, tokenizer.Encode("<s>", new EncodeOptions { ParseSpecial = false }));
    }

    [Fact]
    public void Of_Gpt2_GivesTheIdsOfTheOtherForm()
    {
        Tokenizer whole = References.Of("gpt2");
        string[] tokens = [.. Enumerable.Range(0, whole.Vocabulary).Select(id => Spelling(whole, id))];
        string[] merges = [.. System.Text.Encoding.UTF8.GetString(References.Unpacked("gpt2.vocab.bpe.gz")).Split('\n').Skip(1).Where(line => line.Length > 0)];
        int[] types = [.. Enumerable.Repeat(1, 50256), 3];
        foreach (string pre in (string[])["gpt-2", "phi-2"])
        {
            Tokenizer tokenizer = GgufTokenizer.Of(new GgufVocabulary { Path = "x.gguf", Model = "gpt2", Pre = pre, Tokens = tokens, Merges = merges, Types = types, Special = new SpecialIds { Eos = 50256 } });
            Assert.All(References.Texts, text => Assert.Equal(whole.Encode(text), tokenizer.Encode(text)));
            Assert.True(tokenizer.IsSpecial(50256));
        }
    }

    [Theory]
    [InlineData("llama-bpe", "I'LL pay 12345 now!!\n\n x", "I|'LL| pay| |123|45| now|!!\n\n| x")]
    [InlineData("qwen2", "I'LL pay 123\n\n x", "I|'LL| pay| |1|2|3|\n\n| x")]
    [InlineData("starcoder", "a 12 b", "a| |1|2| b")]
    [InlineData("gpt-4o", "HelloWorld's a/b//\n", "Hello|World's| a|/b|//\n")]
    [InlineData("tekken", "HelloWorld's 12", "Hello|World|'s| |1|2")]
    [InlineData("gpt-2", "I'll  go 12!", "I|'ll| | go| 12|!")]
    public void Of_NamedPreTokenizer_CutsAsItsModelsDo(string pre, string text, string words)
    {
        List<Pellucid.Models.Tokenizers.PreTokenizers.Piece> pieces = [];
        NamedSplit.Of(pre).PreTokenizer.Cut(new(Pellucid.Models.Tokenizers.Texts.AlignedText.Of(text, 0, tracks: false), 0, text.Length), pieces);
        Assert.Equal(words, string.Join('|', pieces.Select(piece => piece.Span.ToString())));
    }

    [Fact]
    public void Of_Bert_GivesTheIdsOfTheOtherForm()
    {
        Tokenizer whole = References.Of("minilm");
        PipelineParts parts = ((PipelineTokenizer)whole).Parts;
        string[] tokens = [.. Enumerable.Range(0, whole.Vocabulary).Select(id => parts.Model.Tokens[id]!)];
        int[] types = [.. tokens.Select((token, id) => id is 0 or 101 or 102 or 103 ? 3 : id == 100 ? 2 : 1)];
        string[] marked = [.. tokens.Select((token, id) => types[id] != 1 || token.StartsWith("[unused", StringComparison.Ordinal) ? token : token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : "\u2581" + token)];
        Tokenizer tokenizer = GgufTokenizer.Of(new GgufVocabulary
        {
            Path = "x.gguf",
            Model = "bert",
            Tokens = marked,
            Types = types,
            Special = new SpecialIds { Bos = 101, Sep = 102, Unknown = 100, Pad = 0 },
        });
        Assert.All(References.Texts, text => Assert.Equal(whole.Encode(text), tokenizer.Encode(text)));
        Assert.Equal(whole.EncodePair("a b", "c").Ids, tokenizer.EncodePair("a b", "c").Ids);
        Assert.Equal([0, 0, 0, 0, 1, 1], tokenizer.EncodePair("a b", "c").TypeIds);
    }

    [Fact]
    public void Of_T5_CutsByProbabilityAndEndsTheText()
    {
        string[] tokens = ["<pad>", "</s>", "<unk>", "\u2581", "\u2581a", "b", "ab", "\u2581ab"];
        Tokenizer tokenizer = GgufTokenizer.Of(new GgufVocabulary
        {
            Path = "x.gguf",
            Model = "t5",
            Tokens = tokens,
            Types = [3, 3, 2, 1, 1, 1, 1, 1],
            Scores = [0, 0, 0, -2, -3, -3, -4, -7],
            Special = new SpecialIds { Eos = 1, Unknown = 2, Pad = 0 },
        });
        Assert.Equal([3, 6, 2, 3, 6, 1], tokenizer.EncodeSequence("  abé  ab  ")); // "▁ ab" and "▁a b" are likelier than "▁ab"; the longer piece at the end wins
    }

    [Theory]
    [InlineData("rwkv", null, "rwkv")]
    [InlineData("gpt2", "no-such", "no-such")]
    [InlineData("gpt2", "gpt-2", "merges")]
    [InlineData("llama", null, "scores")]
    public void Of_WhatIsNotKnown_IsRefusedByName(string model, string? pre, string part)
    {
        BadFileException error = Assert.Throws<BadFileException>(() => GgufTokenizer.Of(new GgufVocabulary { Path = "x.gguf", Model = model, Pre = pre, Tokens = ["a"] }));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void Of_ValuesThatDoNotFit_AreRefused()
    {
        GgufVocabulary good = new() { Path = "x.gguf", Model = "llama", Tokens = ["a", "b"], Scores = [0, 0], Types = [1, 1] };
        Assert.NotNull(GgufTokenizer.Of(good));
        GgufVocabulary[] bad =
        [
            good with { Scores = [0] }, good with { Types = [1] }, good with { Scores = [0, float.NaN] }, good with { Special = new SpecialIds { Bos = 2 } },
            good with { Special = new SpecialIds { Pad = -1 } }, good with { CharacterMap = [1, 2, 3] }, good with { Model = "bert" },
            good with { Model = "gpt2", Merges = ["a"] }, good with { Model = "gpt2", Merges = ["a b"] },
        ];
        Assert.All(bad, values => Close.IsOneLine(Assert.Throws<BadFileException>(() => GgufTokenizer.Of(values))));
    }

    internal static GgufVocabulary LlamaValues()
    {
        TokenTable table = ((PipelineTokenizer)References.Of("llama512")).Parts.Model.Tokens;
        return new GgufVocabulary
        {
            Path = "x.gguf",
            Model = "llama",
            Tokens = [.. Enumerable.Range(0, table.Count).Select(id => table[id]!)],
            Scores = [.. Enumerable.Range(0, table.Count).Select(id => id < 259 ? 0f : 258 - id)],
            Types = [.. Enumerable.Range(0, table.Count).Select(id => id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1)],
            Special = new SpecialIds { Bos = 1, Eos = 2 },
        };
    }

    private static Tokenizer Llama() => GgufTokenizer.Of(LlamaValues());

    private static string Spelling(Tokenizer tokenizer, int id) => id == 50256 ? "<|endoftext|>" : ((PipelineTokenizer)tokenizer).Parts.Model.Tokens[id]!;
}
