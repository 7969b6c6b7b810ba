using System.Text.Json;

namespace Pellucid.Models.Tests.Tokenizers;

/// <summary>Ids and texts as other implementations give them: gpt-3-encoder, and Hugging Face's tokenizers in JavaScript.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("gpt2")]
    [InlineData("minilm")]
    [InlineData("qwen3")]
    [InlineData("llama512")]
    [InlineData("unigram")]
    public void Encode_EveryText_GivesTheIdsOfTheReference(string name)
    {
        Tokenizer tokenizer = References.Of(name);
        JsonElement sequences = References.Ids(name).GetProperty("sequences");
        Assert.Equal(References.Texts.Length, sequences.GetArrayLength());
        List<string> wrong = [];
        for (int i = 0; i < References.Texts.Length; i++)
        {
            int[] expected = References.Numbers(sequences[i]);
            IReadOnlyList<int> met = tokenizer.Encode(References.Texts[i]);
            if (!met.SequenceEqual(expected))
            {
                wrong.Add($"text {i} {JsonSerializer.Serialize(References.Texts[i])}:\n  expected {Shown(expected)}\n  met      {Shown(met)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(8)) + $"\n{wrong.Count} differ");

        string Shown(IReadOnlyList<int> ids) => string.Join(' ', ids.Select(id => $"{id}:{tokenizer.TokenText(id)}"));
    }

    [Theory]
    [InlineData("minilm")]
    [InlineData("qwen3")]
    [InlineData("llama512")]
    public void EncodeSequence_EveryText_PutsTheSameTokensAround(string name)
    {
        Tokenizer tokenizer = References.Of(name);
        JsonElement ids = References.Ids(name);
        Assert.All(ids.GetProperty("around").EnumerateArray().Select((expected, i) => (expected, i)),
            pair => Assert.Equal(References.Numbers(pair.expected), tokenizer.EncodeSequence(References.Texts[pair.i])));
        if (name != "qwen3")
        {
            // Where a file has no template for two texts, that implementation leaves the second out.
            Assert.Equal(References.Numbers(ids.GetProperty("pair")), tokenizer.EncodePair(References.Texts[0], References.Texts[3]).Ids);
        }
    }

    [Theory]
    [InlineData("minilm")]
    [InlineData("llama512")]
    public void Decode_IdsOfTheReference_GivesItsText(string name)
    {
        JsonElement ids = References.Ids(name);
        List<string> wrong = [];
        for (int i = 0; i < References.Texts.Length; i++)
        {
            string expected = ids.GetProperty("texts")[i].GetString()!, met = References.Of(name).Decode(References.Numbers(ids.GetProperty("sequences")[i]));
            if (expected != met)
            {
                wrong.Add($"text {i}: expected {JsonSerializer.Serialize(expected)}, met {JsonSerializer.Serialize(met)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(8)) + $"\n{wrong.Count} differ");
    }
}
