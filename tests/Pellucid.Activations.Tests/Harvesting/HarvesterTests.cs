using Pellucid.Activations.Tests.Support;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Activations.Tests.Harvesting;

public sealed class HarvesterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Harvest_Values_EqualADirectRunWithoutPadding()
    {
        using ActivationStore store = await SmallStores.Harvest(_folder["store"], 1000);
        foreach (TokenSequence sequence in TokenSequences.Of(SmallStores.Model, Corpus.BuiltIn, 64).Take(store.Sequences - 1))
        {
            using Run run = SmallStores.Model.Run(TokenBatch.Of(sequence.Ids), new RunOptions { Capture = Capture.Of(SmallStores.Hook) });
            Assert.Equal(sequence.Ids.Skip(1), store.Tokens(sequence.Index));
            using Tensor stored = store.Read(new Example(sequence.Index, 1, sequence.Ids.Count - 1, 0));
            for (int position = 1; position < sequence.Ids.Count; position++)
            {
                ReadOnlySpan<float> direct = run[SmallStores.Hook].Row(position), kept = stored.Row(position - 1);
                for (int unit = 0; unit < kept.Length; unit++)
                {
                    Assert.Equal(direct[unit], kept[unit], 1e-5f); // products may be blocked otherwise in another batch
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(500)]
    [InlineData(777)]
    public async Task Harvest_TokenBudget_IsMetExactlyWithoutBos(long tokens)
    {
        using ActivationStore store = await SmallStores.Harvest(_folder["store"], tokens);
        Assert.Equal((tokens, tokens), (store.Rows, store.Summary.Tokens));
        for (int shard = 0; shard < store.Shards; shard++)
        {
            using StoreShard rows = store.ReadShard(shard);
            Assert.DoesNotContain(0, rows.Positions.AsSpan<int>().ToArray());
            Assert.DoesNotContain(SmallStores.Model.Config.BosId!.Value, rows.Tokens.AsSpan<int>().ToArray());
        }
    }

    [Fact]
    public async Task Harvest_InParts_GivesTheBytesOfOneHarvest()
    {
        foreach (long tokens in (long[])[100, 777, 778, 2000])
        {
            (await SmallStores.Harvest(_folder["parts"], tokens)).Dispose();
        }

        (await SmallStores.Harvest(_folder["whole"], 2000)).Dispose();
        Assert.Equal(SmallStores.Contents(_folder["whole"]), SmallStores.Contents(_folder["parts"]));
    }

    [Fact]
    public async Task Harvest_FinishedAlready_ChangesNothing()
    {
        (await SmallStores.Harvest(_folder["store"], 500)).Dispose();
        DateTime[] before = [.. Directory.GetFiles(_folder["store"]).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
        (await SmallStores.Harvest(_folder["store"], 500)).Dispose();
        Assert.Equal(before, Directory.GetFiles(_folder["store"]).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc));
    }

    [Fact]
    public async Task Harvest_Extended_HasNoManifestUntilItIsFinished()
    {
        (await SmallStores.Harvest(_folder["store"], 500)).Dispose();
        List<bool> seen = [];
        Seen progress = new(() => seen.Add(File.Exists(Path.Combine(_folder["store"], "manifest.json"))));
        (await Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["store"], SmallStores.Options(2000), progress, cancellationToken: Token)).Dispose();
        Assert.NotEmpty(seen);
        Assert.DoesNotContain(true, seen);
    }

    [Fact]
    public async Task Harvest_Cancelled_GoesOnToTheSameBytes()
    {
        using CancellationTokenSource source = new();
        int shards = 0;
        Seen progress = new(() => _ = ++shards == 3 ? source.CancelAsync() : null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["stopped"], SmallStores.Options(2000), progress, source.Token));
        Assert.Throws<BadFileException>(() => ActivationStore.Open(_folder["stopped"]));
        (await SmallStores.Harvest(_folder["stopped"], 2000)).Dispose();
        (await SmallStores.Harvest(_folder["whole"], 2000)).Dispose();
        Assert.Equal(SmallStores.Contents(_folder["whole"]), SmallStores.Contents(_folder["stopped"]));
    }

    [Fact]
    public async Task Harvest_OtherInputs_AreRefusedBeforeAnythingIsWritten()
    {
        (await SmallStores.Harvest(_folder["store"], 500)).Dispose();
        SortedDictionary<string, string> before = SmallStores.Contents(_folder["store"]);
        HarvestOptions options = SmallStores.Options(500);
        HarvestOptions[] others =
        [
            options with { Hook = "blocks.1.mlp.hook_post" },
            options with { SequenceLength = 65 },
            options with { ShardSequences = 5 },
            options with { BatchSequences = 4 },
            options with { Storage = DType.BF16 },
            options with { LongDocuments = LongDocuments.Cut },
            options with { Summary = new SummaryOptions { Seed = 1 } },
            options with { Tokens = 400 },
        ];
        foreach (HarvestOptions other in others)
        {
            await Assert.ThrowsAsync<PellucidException>(() => Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["store"], other, cancellationToken: Token));
        }

        await Assert.ThrowsAsync<PellucidException>(() => Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn.Range(1), _folder["store"], options, cancellationToken: Token));
        Assert.Equal(before, SmallStores.Contents(_folder["store"]));
    }

    [Fact]
    public async Task Harvest_SameTextUnderAnotherName_GoesOn()
    {
        string[] texts = [.. Corpus.BuiltIn.Read().Take(20).Select(document => document.Text)];
        (await Harvester.HarvestAsync(SmallStores.Model, Corpus.Of("one", texts), _folder["store"], SmallStores.Options(500), cancellationToken: Token)).Dispose();
        using ActivationStore store = await Harvester.HarvestAsync(SmallStores.Model, Corpus.Of("two", texts), _folder["store"], SmallStores.Options(900), cancellationToken: Token);
        Assert.Equal((900, "one"), (store.Rows, store.Manifest.Corpus));
    }

    [Fact]
    public async Task Harvest_WhatCannotBeDone_LeavesNoFolder()
    {
        HarvestOptions options = SmallStores.Options(500);
        Corpus empty = Corpus.Of("empty", ["", ""]);
        await Refused<PellucidException>(SmallStores.Model, empty, options);
        await Refused<HookNotFoundException>(SmallStores.Model, Corpus.BuiltIn, options with { Hook = "blocks.99.mlp.hook_post" });
        await Refused<PellucidException>(SmallStores.Model, Corpus.BuiltIn, options with { Hook = "blocks.0.attn.hook_pattern" });
        await Refused<PellucidException>(SmallStores.Model, Corpus.BuiltIn, options with { Tokens = 0 });
        await Refused<PellucidException>(SmallStores.Model, Corpus.BuiltIn, options with { Storage = DType.F64 });
        await Refused<PellucidException>(SmallStores.Model, Corpus.BuiltIn, options with { ShardSequences = 0 });
        await Refused<PellucidException>(SmallStores.Model, Corpus.BuiltIn, options with { Summary = new SummaryOptions { Window = 0 } });
        await Refused<PellucidException>(SmallStores.Model.With(Intervention.Zero(SmallStores.Hook)), Corpus.BuiltIn, options);
        string notText = _folder.Write("bad.txt", [0x41, 0xFF, 0x42]);
        await Refused<BadFileException>(SmallStores.Model, Corpus.Open(notText), options);
    }

    [Fact]
    public async Task Harvest_FolderInUse_IsRefused()
    {
        Exception? second = null;
        Seen progress = new(() => second ??= Record.ExceptionAsync(() => SmallStores.Harvest(_folder["store"], 300)).Result);
        (await Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["store"], SmallStores.Options(300), progress, cancellationToken: Token)).Dispose();
        Assert.IsType<BadFileException>(second);
    }

    [Fact]
    public async Task Harvest_FullDisk_SaysSoAndGoesOnLater()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a device that is always full is a Linux one");
        Directory.CreateDirectory(_folder["store"]);
        (await SmallStores.Harvest(_folder["whole"], 2000)).Dispose();
        Seen fill = new(() =>
        {
            if (!File.Exists(Path.Combine(_folder["store"], "shard-00002.safetensors")))
            {
                File.Delete(Path.Combine(_folder["store"], "shard-00002.safetensors.partial"));
                File.CreateSymbolicLink(Path.Combine(_folder["store"], "shard-00002.safetensors.partial"), "/dev/full");
            }
        });
        BadFileException error = await Assert.ThrowsAsync<BadFileException>(
            () => Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["store"], SmallStores.Options(2000), fill, cancellationToken: Token));
        Assert.Contains("space", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(
            ["inputs.json", "shard-00000.safetensors", "shard-00001.safetensors", "state.safetensors"], SmallStores.Contents(_folder["store"]).Keys);
        (await SmallStores.Harvest(_folder["store"], 2000)).Dispose();
        Assert.Equal(SmallStores.Contents(_folder["whole"]), SmallStores.Contents(_folder["store"]));
    }

    [Fact]
    public async Task Harvest_HalfStorage_RoundsTheValuesOnly()
    {
        (await SmallStores.Harvest(_folder["f32"], 300)).Dispose();
        using ActivationStore full = ActivationStore.Open(_folder["f32"]);
        using ActivationStore half = await Harvester.HarvestAsync(SmallStores.Model, Corpus.BuiltIn, _folder["bf16"], SmallStores.Options(300) with { Storage = DType.BF16 }, cancellationToken: Token);
        using StoreShard a = full.ReadShard(0), b = half.ReadShard(0);
        using Tensor rounded = a.Activations.To(DType.BF16);
        Assert.Equal(rounded.ToArray(), b.Activations.ToArray());
        Assert.Equal(full.Summary.Mean(3), half.Summary.Mean(3)); // gathered before rounding
    }

    [Fact]
    public async Task Harvest_Finished_TellsWhereItComesFrom()
    {
        (await SmallStores.Harvest(_folder["store"], 300)).Dispose();
        Provenance provenance = Provenance.Read(_folder["store"]);
        Assert.Equal((SmallStores.Model.Hash, SmallStores.Hook, BosPolicy.PrependedAndLeftOut), (provenance.ModelHash, provenance.Hook, provenance.Bos));
        Assert.Equal(Corpus.BuiltIn.ComputeHash(), provenance.DataHash);
        Assert.Equal("300", provenance.Options["tokens"]);
        Assert.True(RunRecord.Read(_folder["store"]).Seconds >= 0);
    }

    private async Task Refused<T>(Model model, Corpus corpus, HarvestOptions options)
        where T : Exception
    {
        await Assert.ThrowsAsync<T>(() => Harvester.HarvestAsync(model, corpus, _folder["never"], options, cancellationToken: Token));
        Assert.False(Directory.Exists(_folder["never"]));
    }

    private sealed class Seen(Action action) : IProgress<HarvestProgress>
    {
        public void Report(HarvestProgress value) => action();
    }
}
