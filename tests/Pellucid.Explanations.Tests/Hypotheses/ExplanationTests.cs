using System.Text;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Explanations.Tests;

public sealed class ExplanationTests : IDisposable
{
    private static readonly PatternExplanation Pattern = new()
    {
        Text = "\"B\" after \"A\" → 9/10",
        Nodes = [new(-1, -1, 0, 9), new(0, 2, 1, 5), new(1, -1, 1, 0), new(2, 1, 3.25f, 2)],
    };

    private static readonly TokenTableExplanation Table = new() { Text = "\"B\"", Mean = 0.5f, Tokens = [new TokenMean(2, 1.5f, 3), new TokenMean(7, 0, 1)] };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"explanation-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Predict_Pattern_IsTheValueOfTheMostSpecificPath() => Assert.Equal([0, 0, 3.25f, 0, 1], Pattern.Predict([1, 5, 2, 9, 2]));

    [Fact]
    public void Predict_TokenTable_IsTheTokensMeanOrTheGlobalOne() => Assert.Equal([1.5f, 0, 0.5f], Table.Predict([2, 7, 100]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_WhatWasSaved_IsTheSame(bool pattern)
    {
        Explanation saved = pattern ? Pattern : Table;
        saved.Save(_path);
        Explanation loaded = Explanation.Load(_path);
        Assert.IsType(saved.GetType(), loaded);
        Assert.Equal(saved.Hash, loaded.Hash);
        Assert.Equal(saved.Text, loaded.Text);
        Assert.Equal(saved.Predict([1, 5, 2, 9, 2]), loaded.Predict([1, 5, 2, 9, 2]));
    }

    [Fact]
    public void Hash_OtherContent_IsAnother()
    {
        Assert.Equal(64, Pattern.Hash.Length);
        Assert.NotEqual(Pattern.Hash, (Pattern with { Nodes = [new(-1, -1, 0, 9), new(0, 2, 1.001f, 5)] }).Hash);
        Assert.NotEqual(Pattern.Hash, (Pattern with { Text = "else" }).Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"explainer\":\"oracle\",\"text\":\"x\"}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":\"x\"}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":\"x\",\"nodes\":null}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":null,\"nodes\":[]}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":\"x\",\"nodes\":[]}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":\"x\",\"nodes\":[{\"parent\":-1,\"token\":-1,\"value\":0,\"support\":1},{\"parent\":1,\"token\":3,\"value\":1,\"support\":1}]}")]
    [InlineData("{\"explainer\":\"pattern\",\"text\":\"x\",\"nodes\":[{\"parent\":-1,\"token\":-1,\"value\":1e99,\"support\":1}]}")]
    [InlineData("{\"explainer\":\"token_table\",\"text\":\"x\",\"mean\":0,\"tokens\":[{\"token\":1,\"mean\":1,\"count\":1},{\"token\":1,\"mean\":2,\"count\":1}]}")]
    public void Load_NoExplanation_SaysSo(string json)
    {
        File.WriteAllText(_path, json);
        Assert.Contains("it is not an explanation", Assert.Throws<BadFileException>(() => Explanation.Load(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EveryTruncation_IsRefused()
    {
        byte[] whole = Pattern.Serialize();
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.Throws<BadFileException>(() => Explanation.Load(_path));
        }
    }

    [Fact]
    public void Load_RandomBytes_IsRefusedOrRead()
    {
        SeededRandom random = new(3);
        byte[] whole = Pattern.Serialize();
        for (int trial = 0; trial < 300; trial++)
        {
            byte[] bytes = [.. whole];
            for (int i = 0; i < 1 + (trial % 4); i++)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            File.WriteAllBytes(_path, bytes);
            try
            {
                Assert.Equal(3, Explanation.Load(_path).Predict([1, 2, 3]).Length);
            }
            catch (BadFileException)
            {
            }
        }
    }

    [Fact]
    public void Load_NoFile_SaysSo() => Assert.Throws<BadFileException>(() => Explanation.Load(_path + ".none"));

    [Fact]
    public void Serialize_Twice_IsTheSameBytes() => Assert.Equal(Encoding.UTF8.GetString(Table.Serialize()), Encoding.UTF8.GetString((Table with { }).Serialize()));
}
