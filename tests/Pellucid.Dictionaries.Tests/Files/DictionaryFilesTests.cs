using System.Text.Json.Nodes;

namespace Pellucid.Dictionaries.Tests.Files;

public sealed class DictionaryFilesTests
{
    [Fact]
    public void Load_WhatWasSaved_GivesTheSameBytesAgain()
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        dictionary.Save(folder.In("a"));
        using Dictionary loaded = Dictionary.Load(folder.In("a"));
        loaded.Save(folder.In("b"));
        TemporaryFolder.AssertSame(folder.In("a"), folder.In("b"));
        Assert.Equal(dictionary.Config, loaded.Config);
        Assert.Null(loaded.Statistics);
    }

    [Fact]
    public void Load_SaeLensConfig_KeepsUnknownMetadata()
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = Dictionary.Load(GoldenFile.PathOf("saelens_topk"));
        dictionary.Save(folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(folder.In("cfg.json")))!;
        Assert.Equal("6.18.0", (string?)config["metadata"]!["sae_lens_version"]);
        Assert.Equal("blocks.0.hook_resid_post", (string?)config["metadata"]!["hook_name"]);
        Assert.Equal(7, (int?)config["k"]);
    }

    [Fact]
    public void Save_WithoutStatistics_RemovesThoseOfAnEarlierDictionary()
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        File.WriteAllText(folder.In("statistics.safetensors"), "of another");
        dictionary.Save(folder.Path);
        using Dictionary loaded = Dictionary.Load(folder.Path);
        Assert.Null(loaded.Statistics);
    }

    [Theory]
    [InlineData("architecture", "jumprelu", "'topk' can be read")]
    [InlineData("normalize_activations", "layer_norm", "'none' can be read")]
    [InlineData("reshape_activations", "hook_z", "'none' can be read")]
    public void Load_UnsupportedOption_SaysWhatCanBeRead(string key, string value, string expected)
    {
        using TemporaryFolder folder = new();
        SaveWith(folder, config => config[key] = value);
        Assert.Contains(expected, Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("k", 0)]
    [InlineData("k", 21)]
    [InlineData("d_in", -1)]
    [InlineData("d_sae", 19)]
    [InlineData("d_in", 2_000_000_000)]
    public void Load_ImpossibleSize_IsRefused(string key, int value)
    {
        using TemporaryFolder folder = new();
        SaveWith(folder, config => config[key] = value);
        Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path));
    }

    [Fact]
    public void Load_OneHeadOfAHook_IsRefused()
    {
        using TemporaryFolder folder = new();
        SaveWith(folder, config => config["metadata"]!["hook_head_index"] = 3);
        Assert.Contains("hook_head_index", Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cfg.json")]
    [InlineData("sae_weights.safetensors")]
    public void Load_AnyTruncationOrRandomBytes_IsRefused(string name)
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = PlantedData.Random(3, 5, 2);
        dictionary.Save(folder.Path);
        byte[] whole = File.ReadAllBytes(folder.In(name));
        int end = whole.AsSpan().TrimEnd((byte)'\n').Length;
        for (int length = 0; length < end; length++)
        {
            File.WriteAllBytes(folder.In(name), whole[..length]);
            Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path));
        }

        SeededRandom random = new(3);
        for (int i = 0; i < 100; i++)
        {
            File.WriteAllBytes(folder.In(name), [.. Enumerable.Range(0, 200).Select(_ => (byte)random.NextInt(256))]);
            Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path));
        }
    }

    [Fact]
    public void Load_NaNWeights_AreRefused()
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = PlantedData.Random(3, 5, 2);
        dictionary.WDec.Row(2)[1] = float.NaN;
        dictionary.Save(folder.Path);
        Assert.Contains("W_dec", Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_StatisticsOfAnotherDictionary_AreRefused()
    {
        using TemporaryFolder folder = new();
        using Dictionary dictionary = PlantedData.Random(3, 5, 2);
        dictionary.Save(folder.Path);
        new UnitSummary(6, new SummaryOptions()).Save(folder.In("statistics.safetensors"));
        Assert.Contains("6 latents", Assert.Throws<BadFileException>(() => Dictionary.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFolder_IsRefused() => Assert.Throws<BadFileException>(() => Dictionary.Load("no such folder"));

    private static void SaveWith(TemporaryFolder folder, Action<JsonNode> change)
    {
        using Dictionary dictionary = PlantedData.Random(8, 20, 4);
        dictionary.Save(folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(folder.In("cfg.json")))!;
        change(config);
        File.WriteAllText(folder.In("cfg.json"), config.ToJsonString());
    }
}
