using FsCheck;
using FsCheck.Fluent;
using Pellucid.Models.Tokenizers;
using Pellucid.Tensors;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class Llama2CTokenizerTests
{
    private static Tokenizer Stories512 => Stories.Model260K.Tokenizer!;

    [Fact]
    public void Decode_OfEncode_ReturnsAnyText() => Prop.ForAll<string>(text =>
    {
        string whole = text ?? "";
        return Stories512.Decode(Stories512.Encode(whole)) == WithoutHalfPairs(whole);
    }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500).WithReplay(8, 1));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("  two spaces before, two after  ")]
    [InlineData("Once upon a time")]
    [InlineData("line\nline\r\n\ttab\0nul")]
    [InlineData("naïve café — “quotes” 日本語 🦊")]
    [InlineData("<0x41><s>\n</s>\n<unk>")]
    [InlineData("\n<s>\n")]
    public void Decode_OfEncode_ReturnsTheText(string text)
    {
        Assert.Equal(text, Stories512.Decode(Stories512.Encode(text)));
        Assert.DoesNotContain(Stories512.Encode(text), id => id < 3); // control tokens cannot be spelled
    }

    [Fact]
    public void Encode_HalfOfASurrogatePair_IsTheReplacementCharacter() =>
        Assert.Equal("a\uFFFDb", Stories512.Decode(Stories512.Encode("a\uD83Eb")));

    [Fact]
    public void Decode_CharacterSpreadOverBytes_IsPutTogether()
    {
        IReadOnlyList<int> ids = Stories512.Encode("🦊");
        Assert.Equal([0xF0 + 3, 0x9F + 3, 0xA6 + 3, 0x8A + 3], ids.TakeLast(4));
        Assert.Equal("🦊", Stories512.Decode(ids.TakeLast(4), ids[0]));
        Assert.Equal("\uFFFD", Stories512.Decode(ids.TakeLast(4).Take(2), ids[0]));
        Assert.Equal("<0x9F>", Stories512.TokenText(0x9F + 3));
        Assert.Equal("A", Stories512.TokenText('A' + 3));
        Assert.Equal("\n", Stories512.TokenText('\n' + 3));
    }

    [Fact]
    public void Decode_AfterAToken_KeepsTheSpace()
    {
        IReadOnlyList<int> ids = Stories512.Encode("the");
        Assert.Equal("the", Stories512.Decode(ids));
        Assert.Equal("the", Stories512.Decode(ids, 1));
        Assert.Equal(" the", Stories512.Decode(ids, 300));
        Assert.Equal("the", Stories512.Decode([1, .. ids]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(512)]
    [InlineData(int.MinValue)]
    public void Decode_IdOutsideTheVocabulary_IsRefused(int id)
    {
        Assert.Contains("0 to 511", Assert.Throws<PellucidException>(() => Stories512.Decode([5, id])).Message, StringComparison.Ordinal);
        Assert.Throws<PellucidException>(() => Stories512.TokenText(id));
    }

    [Fact]
    public void Encode_BestScoreFirst_LeftmostAmongEquals()
    {
        string[] pieces = TinyTokenizer.Pieces(" ", "a", "b", "ab", "ba", " a");
        Llama2CTokenizer tokenizer = Read(TinyTokenizer.Write(pieces), pieces.Length);
        Assert.Equal([" ", "ab", "ab", "a"], tokenizer.Encode("ababa").Select(tokenizer.TokenText)); // scores fall with the id: "ab" goes before " a"
    }

    [Fact]
    public void Encode_VocabularyWithoutBytes_GivesTheUnknownToken()
    {
        string[] pieces = ["<unk>", "<s>", "</s>", " ", "a"];
        Llama2CTokenizer tokenizer = Read(TinyTokenizer.Write(pieces), pieces.Length);
        Assert.Equal([3, 4, 0, 4], tokenizer.Encode("aéa"));
    }

    [Fact]
    public void Encode_OlderFile_TakesThePieceAndNotTheByteOfTheSameText()
    {
        string[] pieces = [.. TinyTokenizer.Pieces(" ", ",", "é").Select((piece, id) => id is < 3 or > 258 ? piece : ((char)(id - 3)).ToString())];
        Llama2CTokenizer tokenizer = Read(TinyTokenizer.Write(pieces), pieces.Length);
        Assert.Equal([259, 260, 261, 3 + '.', 3 + 0xC3, 3 + 0xA8], tokenizer.Encode(",é.è"));
        Assert.Equal(",é.è", tokenizer.Decode(tokenizer.Encode(",é.è")));
        Assert.Equal("<0xC3>", tokenizer.TokenText(3 + 0xC3));
    }

    [Theory]
    [InlineData("The cat, who sat; \"Hm!\" – naïve\n日本 🦊")]
    [InlineData("tabs\tand  spaces ")]
    public void Decode_OfEncodeByTheLargeVocabulary_ReturnsTheText(string text)
    {
        Tokenizer tokenizer = Stories.Model15M.Tokenizer!;
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Encode_LongText_TakesTimeInProportion()
    {
        string text = string.Concat(Enumerable.Repeat("Once upon a time there was a cat. ", 6000));
        Assert.Equal(text, Stories512.Decode(Stories512.Encode(text)));
    }

    internal static Llama2CTokenizer Read(byte[] bytes, int vocabulary) => Llama2CTokenizer.Read("tok.bin", bytes, vocabulary);

    private static string WithoutHalfPairs(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
}
