using System.Text.Json.Nodes;
using Pellucid.Activations.Tests.Support;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations.Tests.Stores;

public sealed class ActivationStoreTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private string Manifest => _folder["manifest.json"];

    private string Shard => _folder["shard-00001.safetensors"];

    public async ValueTask InitializeAsync() => (await SmallStores.Harvest(_folder.Path, 500)).Dispose();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Summarize_Neurons_EqualsTheSummaryGatheredInTheHarvest()
    {
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        UnitSummary again = Again(store);
        for (int unit = 0; unit < again.Units; unit++)
        {
            Assert.Equal(store.Summary.Histogram(unit).ToArray(), again.Histogram(unit).ToArray());
            Assert.Equal(store.Summary.Top(unit), again.Top(unit));
            Assert.Equal(store.Summary.Random(unit), again.Random(unit));
        }
    }

    [Fact]
    public void Records_TopWindow_HoldsTokensAndTheMaximum()
    {
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        foreach (Example example in store.Summary.Top(5))
        {
            ActivationRecord record = Assert.Single(store.Records(store.Neurons, 5, [example]));
            Assert.Equal(example.Max, record.Max);
            Assert.Equal(store.Tokens(example.Sequence).Skip(example.Start - 1).Take(example.Length), record.Tokens);
        }
    }

    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 1, 1000)]
    [InlineData(0, 5, int.MaxValue)]
    [InlineData(-1, 1, 5)]
    [InlineData(100000, 1, 5)]
    public void Read_WindowOutside_IsRefused(int sequence, int start, int length)
    {
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        Assert.Throws<PellucidException>(() => store.Read(new Example(sequence, start, length, 0)));
    }

    [Fact]
    public void RequireModel_AnotherModel_IsRefused()
    {
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        store.RequireModel(SmallStores.Model);
        Edit(json => json["model_hash"] = new string('a', 64));
        using ActivationStore other = ActivationStore.Open(_folder.Path);
        Assert.Contains("aaaaaaaa", Assert.Throws<PellucidException>(() => other.RequireModel(SmallStores.Model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Summarize_UnitsOfAnotherHook_IsRefused()
    {
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        Assert.Throws<PellucidException>(() => store.Summarize(new Neurons("blocks.1.mlp.hook_post", 172), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<PellucidException>(() => store.Records(new Neurons(SmallStores.Hook, 171), 0, []));
    }

    [Theory]
    [InlineData("width", "0")]
    [InlineData("width", "-1")]
    [InlineData("width", "99999999999999999999")]
    [InlineData("vocabulary", "0")]
    [InlineData("version", "2")]
    [InlineData("tokens", "501")]
    [InlineData("storage", "\"I32\"")]
    [InlineData("storage", "null")]
    [InlineData("model_hash", "\"abc\"")]
    [InlineData("shard_tokens", "null")]
    [InlineData("shard_tokens", "[]")]
    [InlineData("shard_tokens", "[500, 0]")]
    [InlineData("shard_tokens", "[-2147483648, 2147483647]")]
    [InlineData("long_documents", "\"Other\"")]
    [InlineData("sequence_length", "0")]
    public void Open_LyingManifest_IsBadFile(string key, string value)
    {
        Edit(json => json[key] = JsonNode.Parse(value));
        Assert.DoesNotContain('\n', Assert.Throws<BadFileException>(() => ActivationStore.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Open_EveryTruncationOfTheManifest_IsBadFile()
    {
        byte[] good = File.ReadAllBytes(Manifest);
        for (int length = 0; length < good.Length - 2; length++) // the last line feed is not missed
        {
            File.WriteAllBytes(Manifest, good[..length]);
            Assert.Throws<BadFileException>(() => ActivationStore.Open(_folder.Path));
        }

        File.Delete(Manifest);
        Assert.Throws<BadFileException>(() => ActivationStore.Open(_folder.Path));
    }

    [Theory]
    [InlineData("width", "171")]
    [InlineData("vocabulary", "3")]
    [InlineData("shard_sequences", "5")]
    [InlineData("sequence_length", "10")]
    [InlineData("storage", "\"BF16\"")]
    public void ReadShard_ManifestOfOtherShards_IsBadFile(string key, string value)
    {
        Edit(json => json[key] = JsonNode.Parse(value));
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        Assert.Throws<BadFileException>(() => store.ReadShard(0));
    }

    [Theory]
    [InlineData("tokens", -1)]
    [InlineData("tokens", 512)]
    [InlineData("sequences", 0)]
    [InlineData("sequences", 99)]
    [InlineData("sequences", -5)]
    [InlineData("positions", 0)]
    [InlineData("positions", -7)]
    [InlineData("positions", 1 << 30)]
    public void ReadShard_LyingIds_IsBadFile(string name, int value)
    {
        Dictionary<string, Tensor> arrays = [];
        using (SafetensorsFile file = SafetensorsFile.Open(Shard))
        {
            arrays = file.Entries.Keys.ToDictionary(key => key, file.Read);
        }

        arrays[name].AsSpan<int>()[3] = value;
        SafetensorsFile.Write(Shard, arrays);
        using ActivationStore store = ActivationStore.Open(_folder.Path);
        Assert.Throws<BadFileException>(() => store.ReadShard(1));
        Assert.Throws<BadFileException>(() => store.Tokens(4));
        Assert.Throws<BadFileException>(() => Again(store));
    }

    [Fact]
    public void ReadShard_MissingOrTruncated_IsBadFile()
    {
        byte[] good = File.ReadAllBytes(Shard);
        for (int length = 0; length < good.Length; length += 1 + (length / 8))
        {
            File.WriteAllBytes(Shard, good[..length]);
            using ActivationStore store = ActivationStore.Open(_folder.Path);
            Assert.Throws<BadFileException>(() => store.ReadShard(1));
        }

        File.Delete(Shard);
        using ActivationStore without = ActivationStore.Open(_folder.Path);
        Assert.Throws<BadFileException>(() => without.ReadShard(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => without.ReadShard(99));
    }

    [Fact]
    public async Task Harvest_OnWithAMissingShard_IsRefused()
    {
        File.Delete(_folder["shard-00000.safetensors"]);
        await Assert.ThrowsAsync<BadFileException>(() => SmallStores.Harvest(_folder.Path, 900));
    }

    private static UnitSummary Again(ActivationStore store) =>
        store.Summarize(store.Neurons, cancellationToken: TestContext.Current.CancellationToken);

    private void Edit(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Manifest))!.AsObject();
        change(json);
        File.WriteAllText(Manifest, json.ToJsonString());
    }
}
