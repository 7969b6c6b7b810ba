using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class WordTokenizerTests
{
    private static readonly WordTokenizer Words = WordTokenizer.Of(["BOS", "PAD", "apple", "b"]);

    [Theory]
    [InlineData("BOS b apple", "0 3 2")]
    [InlineData("  b\t\n b\u00a0b ", "3 3 3")]
    [InlineData("", "")]
    [InlineData(" ", "")]
    public void Encode_Text_SplitsAtWhiteSpace(string text, string ids) => Assert.Equal(ids, string.Join(' ', Words.Encode(text)));

    [Fact]
    public void Decode_WhatEncodeGave_IsTheText()
    {
        Assert.Equal("b apple BOS", Words.Decode(Words.Encode("b apple BOS")));
        Assert.Equal(" apple b", Words.Decode([2, 3], previous: 0)); // so that a text and its continuation can be put together
        Assert.Equal("", Words.Decode([], previous: 0));
        Assert.Equal(("apple", 4), (Words.TokenText(2), Words.Vocabulary));
    }

    [Fact]
    public void Encode_UnknownWord_NamesItAndTheNearest()
    {
        PellucidException error = Assert.Throws<PellucidException>(() => Words.Encode("b aple"));
        Assert.Contains("'aple'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nearest: apple", error.Message, StringComparison.Ordinal);
        Close.IsOneLine(error);
    }

    [Fact]
    public void Encode_UnknownWordWithAWordForThem_IsThatWord() =>
        Assert.Equal([1, 0], WordTokenizer.Of(["a", "?"], "?").Encode("b a"));

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void TokenText_IdOutside_IsRefused(int id)
    {
        Close.IsOneLine(Assert.Throws<PellucidException>(() => Words.TokenText(id)));
        Close.IsOneLine(Assert.Throws<PellucidException>(() => Words.Decode([id])));
    }

    [Fact]
    public void Of_WordsThatCannotBeTokens_IsRefused()
    {
        string[][] impossible = [[], ["a", ""], ["a b"], ["a\n"], ["a", "b", "a"]];
        Assert.All(impossible, words => Close.IsOneLine(Assert.Throws<PellucidException>(() => WordTokenizer.Of(words))));
        Close.IsOneLine(Assert.Throws<PellucidException>(() => WordTokenizer.Of(["a"], "b")));
    }
}
