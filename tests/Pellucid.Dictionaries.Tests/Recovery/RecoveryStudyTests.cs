using Pellucid.GroundTruth;

namespace Pellucid.Dictionaries.Tests.Recovery;

public sealed class RecoveryStudyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_QuickSettings_RecoverWhereItIsPossibleAndNotWhereItIsNot()
    {
        RecoveryOptions options = new() { Folder = _folder.In("study"), Settings = RecoverySettings.Quick, Seeds = 2 };
        IReadOnlyList<RecoveryRow> rows = await RecoveryStudy.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([true, false, false], rows.Select(row => row.Conditions.Possible));
        Assert.True(rows[0].Dictionary.MmcsInterval.Low > 0.95, $"{rows[0].Dictionary}");
        Assert.True(rows[0].Dictionary.MatchedMean > 0.95 && rows[0].Dictionary.FractionRecovered > 0.95);
        Assert.All(rows, row => Assert.InRange(row.Pca.Mmcs, 0.25, 0.6)); // one of 48 components to a random direction in 48 dimensions, either sign
        Assert.All(rows, row => Assert.InRange(row.Random.Mmcs, 0.25, 0.45)); // the largest of 128 normal numbers over √48
        Assert.All(rows.Skip(1), row => Assert.InRange(row.Dictionary.Mmcs, 0.25, 0.85));
        Assert.All(rows, row => Assert.InRange(row.Dictionary.Mmcs, row.Dictionary.MmcsInterval.Low, row.Dictionary.MmcsInterval.High));
        Assert.Contains("24 active", rows[1].Conditions.Why, StringComparison.Ordinal);
        Assert.Equal("they fire in groups", rows[2].Conditions.Why);
        Assert.Equal(6, Directory.GetFileSystemEntries(_folder.In("study")).Length); // the work of each part is gone, its result is kept

        File.SetLastWriteTimeUtc(Path.Combine(_folder.In("study"), "quick-sparse-seed-0.json"), DateTime.UnixEpoch);
        IReadOnlyList<RecoveryRow> again = await RecoveryStudy.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Path.Combine(_folder.In("study"), "quick-sparse-seed-0.json")));
        Assert.Equal(rows.Select(row => row.Dictionary.Mmcs), again.Select(row => row.Dictionary.Mmcs));
        Assert.Equal(rows[0].Dictionary.MmcsInterval, again[0].Dictionary.MmcsInterval);
    }

    [Fact]
    public async Task RunAsync_FolderOfAnotherStudy_IsRefused()
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        RecoverySetting small = new("small", new PlantedOptions { Features = 8, Width = 8, ActiveFeatures = 1 }, 600, 16, 1, 1);
        RecoveryOptions options = new() { Folder = _folder.In("study"), Settings = [small], Seeds = 1 };
        await RecoveryStudy.RunAsync(options, cancellationToken: none);
        PellucidException error = await Assert.ThrowsAsync<PellucidException>(() => RecoveryStudy.RunAsync(options with { Settings = [small with { K = 2 }] }, cancellationToken: none));
        Assert.Contains("another study", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PellucidException>(() => RecoveryStudy.RunAsync(options with { Seeds = 0 }, cancellationToken: none));
    }

    [Fact]
    public void Of_EachCondition_IsNamedWhereItFails()
    {
        RecoverySetting good = new("good", new PlantedOptions { Features = 128, Width = 64 }, 60_000, 256, 4, 6);
        Assert.True(RecoveryConditions.Of(good).Possible);
        (RecoverySetting Setting, string Why)[] bad =
        [
            (good with { Planted = good.Planted with { Noise = 0.4 } }, "interference"),
            (good with { Planted = good.Planted with { ActiveFeatures = 12 }, K = 12 }, "12 active > √128"),
            (good with { Tokens = 2000 }, "rarest feature"),
            (good with { K = 2 }, "k 2 < 4 active"),
            (good with { K = 16 }, "k 16 > twice 4"),
            (good with { Latents = 100 }, "100 latents < 128 features"),
            (good with { Planted = good.Planted with { DuplicatePairs = 2 } }, "near-duplicate"),
            (good with { Planted = good.Planted with { Roots = 32, Branching = 3 } }, "parents"),
            (good with { Planted = good.Planted with { DenseFeatures = 1 } }, "densest feature"),
        ];
        Assert.All(bad, row => Assert.Contains(row.Why, RecoveryConditions.Of(row.Setting).Why, StringComparison.Ordinal));
        Assert.All(bad, row => Assert.False(RecoveryConditions.Of(row.Setting).Possible));
    }
}
