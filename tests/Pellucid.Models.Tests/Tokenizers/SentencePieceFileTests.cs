using System.Text;
using Pellucid.Models.Tests.Checkpoints;
using Pellucid.Models.Tokenizers;
using Pellucid.Models.Tokenizers.Subwords;
using Pellucid.Models.Tokenizers.Vocabularies;
using Pellucid.Tensors.Files;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class SentencePieceFileTests
{
    [Fact]
    public void SentencePiece_LlamasVocabulary_GivesTheIdsOfTheOtherForms()
    {
        GgufVocabulary values = GgufTokenizerTests.LlamaValues();
        byte[] file = Write(
            [.. values.Tokens.Select((token, id) => (token, values.Scores![id], (PieceKind)values.Types![id]))], model: 2, fallback: true, removesSpaces: false);
        Tokenizer tokenizer = TokenizerFiles.SentencePiece("tokenizer.model", file, TokenizerSettings.None);
        Assert.All(References.Texts, text => Assert.Equal(References.Of("llama512").Encode(text), tokenizer.Encode(text)));
        Assert.Equal([1, .. tokenizer.Encode("x")], tokenizer.EncodeSequence("x"));
        Assert.Equal((1, 2, 0, null), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.PadId));
    }

    [Fact]
    public void SentencePiece_Unigram_FollowsTheSpecifications()
    {
        (string, float, PieceKind)[] pieces =
        [
            ("<unk>", 0, PieceKind.Unknown), ("<s>", 0, PieceKind.Control), ("</s>", 0, PieceKind.Control), ("\u2581", -2, PieceKind.Normal), ("a", -3, PieceKind.Normal),
            ("b", -3, PieceKind.Normal), ("ab", -5, PieceKind.Normal), ("aab", -1, PieceKind.UserDefined), ("c", -4, PieceKind.Unused),
        ];
        Tokenizer tokenizer = TokenizerFiles.SentencePiece("tokenizer.model", Write(pieces, model: 1, fallback: false, removesSpaces: true), TokenizerSettings.None);
        Assert.Equal(["\u2581", "ab", "\u2581", "a", "aab", "<unk>"], tokenizer.Tokenize("  ab   aaabcé ").Tokens);
        Assert.Equal("ab aaab<unk>", tokenizer.Decode(tokenizer.Encode("  ab   aaabcé ")));
    }

    [Fact]
    public void SentencePiece_CharacterMap_TakesTheLongestRule()
    {
        // A double array by hand: the root reaches 'A' at its offset, and "AB" below it; values follow at the offsets of the nodes.
        (string, float, PieceKind)[] pieces = [("<unk>", 0, PieceKind.Unknown), ("\u2581", -1, PieceKind.Normal), ("x", -1, PieceKind.Normal), ("y", -1, PieceKind.Normal), ("C", -1, PieceKind.Normal)];
        byte[] map = Map();
        Tokenizer tokenizer = TokenizerFiles.SentencePiece("tokenizer.model", Write(pieces, model: 1, fallback: false, removesSpaces: true, map), TokenizerSettings.None);
        TokenizedText tokens = tokenizer.Tokenize("AABCC");
        Assert.Equal(["\u2581", "x", "y", "C", "C"], tokens.Tokens);
        Assert.Equal([(0, 0), (0, 1), (1, 3), (3, 4), (4, 5)], tokens.Offsets);
    }

    [Theory]
    [InlineData(3, false, "model_type")]
    [InlineData(4, false, "model_type")]
    [InlineData(1, true, "treat_whitespace_as_suffix")]
    public void SentencePiece_WhatCannotBeRead_IsRefusedByName(int model, bool suffix, string part)
    {
        byte[] file = Write([("<unk>", 0, PieceKind.Unknown)], model, false, false, null, suffix);
        Assert.Contains(part, Assert.Throws<BadFileException>(() => TokenizerFiles.SentencePiece("tokenizer.model", file, TokenizerSettings.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SentencePiece_DamagedFiles_AreRefusedOrLoad()
    {
        (string, float, PieceKind)[] pieces = [("<unk>", 0, PieceKind.Unknown), ("<s>", 0, PieceKind.Control), .. Enumerable.Range(0, 20).Select(i => ($"\u2581p{i}", -(float)i, PieceKind.Normal))];
        foreach (int model in (int[])[1, 2])
        {
            byte[] file = Write(pieces, model, fallback: true, removesSpaces: true, Map());
            HostileFiles.EveryTruncation(file, Read);
            Assert.InRange(HostileFiles.Corruptions(file, Read, seed: 20 + model), 200, 9980);
        }
    }

    private static void Read(byte[] bytes)
    {
        Tokenizer tokenizer = TokenizerFiles.SentencePiece("tokenizer.model", bytes, TokenizerSettings.None);
        _ = tokenizer.Decode(tokenizer.Encode("p1 AB é🦊 <s>"));
    }

    /// <summary>The map A to x, AB to y.</summary>
    private static byte[] Map()
    {
        uint[] units = new uint[600];
        const uint HasLeaf = 1 << 8;
        units[0] = 256u << 10;                                // the root's children begin at 256
        units[256 ^ 'A'] = 'A' | HasLeaf | ((256u ^ 'A' ^ 400u) << 10); // its own children begin at 400, where its value stands
        units[400] = 0 | 1u << 31;                             // "A": the text at 0
        units[400 ^ 'B'] = 'B' | HasLeaf | ((400u ^ 'B' ^ 500u) << 10);
        units[500] = 2 | 1u << 31;                             // "AB": the text at 2
        List<byte> bytes = [.. BitConverter.GetBytes(units.Length * 4), .. units.SelectMany(BitConverter.GetBytes), .. "x\0y\0"u8.ToArray()];
        return [.. bytes];
    }

    private static byte[] Write((string Piece, float Score, PieceKind Kind)[] pieces, int model, bool fallback, bool removesSpaces, byte[]? map = null, bool suffix = false)
    {
        List<byte> file = [];
        foreach ((string piece, float score, PieceKind kind) in pieces)
        {
            List<byte> message = [.. Field(1, Encoding.UTF8.GetBytes(piece)), 2 << 3 | 5, .. BitConverter.GetBytes(score), .. Number(3, (int)kind)];
            file.AddRange(Field(1, [.. message]));
        }

        file.AddRange(Field(3, [.. map is null ? [] : Field(2, map), .. Number(3, 1), .. Number(4, removesSpaces ? 1 : 0), .. Number(5, 1)]));
        file.AddRange(Field(2, [.. Number(3, model), .. Number(24, suffix ? 1 : 0), .. Number(35, fallback ? 1 : 0)]));
        return [.. file];
    }

    private static byte[] Field(int number, byte[] bytes) => [.. Varint((number << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Number(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static byte[] Varint(int value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
