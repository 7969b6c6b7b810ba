using Pellucid.Explanations.Studies;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Tests.Studies;

public sealed class QuickstartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quickstart").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RunAsync_StoppedInEachPartAndCalledAgain_GivesTheBytesOfAnUndisturbedRun()
    {
        QuickstartResult whole = await Quickstart.RunAsync(Tiny("whole"), cancellationToken: TestContext.Current.CancellationToken);
        foreach (string stage in (string[])["harvest", "train", "summarize", "explain_neurons", "causal_scores"])
        {
            using CancellationTokenSource stop = new();
            Stop progress = new(stage, stop);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Quickstart.RunAsync(Tiny("stopped"), progress, stop.Token));
            Assert.False(File.Exists(Path.Combine(_folder, "stopped", "run.json")), "what is not finished has no times");
        }

        QuickstartResult resumed = await Quickstart.RunAsync(Tiny("stopped"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Contents("whole"), Contents("stopped"));
        Assert.Equal(whole.Latents.Select(card => (card.Index, card.ExplanationHash, card.CausalEffect)), resumed.Latents.Select(card => (card.Index, card.ExplanationHash, card.CausalEffect)));
        Assert.Equal(whole.Comparisons.Select(one => one.Difference), resumed.Comparisons.Select(one => one.Difference));
        AssertWhole(whole);
    }

    [Fact]
    public async Task RunAsync_FolderOfOtherOptions_IsRefused()
    {
        await Quickstart.RunAsync(Tiny("one"), cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PellucidException>(() => Quickstart.RunAsync(Tiny("one") with { K = 3 }, cancellationToken: TestContext.Current.CancellationToken));
    }

    private void AssertWhole(QuickstartResult result)
    {
        Assert.Equal(
            ["latents", "untrained_latents", "neurons", "neurons_density_matched", "random_directions_density_matched"], result.Scores.Keys);
        Assert.All(result.Scores, population => Assert.All(population.Value, explainer =>
        {
            Assert.InRange(explainer.Value.N, 1, 5);
            string folder = Path.Combine(_folder, "whole", "explanations", population.Key, explainer.Key);
            string[] files = Directory.GetFiles(folder);
            Assert.Equal(explainer.Value.N, files.Length);
            Assert.All(files, file => Assert.Equal(explainer.Key, Explanation.Load(file).Explainer));
        }));
        Assert.All(result.Latents, card => Assert.Equal(
            card.ExplanationHash, Explanation.Load(Path.Combine(_folder, "whole", "explanations", "latents", "pattern", $"{card.Index}.json")).Hash));
        Assert.Equal(2, result.Shown.Count);
        Assert.Equal([null, 0.5, 1.0, -1.0], result.Steering.Texts.Select(text => text.Multiple));
        Assert.Equal(10, result.Comparisons.Count);
        Provenance provenance = Provenance.Read(Path.Combine(_folder, "whole"));
        Assert.Equal((7, "5"), (provenance.Seed, provenance.Options["units"]));
        Assert.True(RunRecord.Read(Path.Combine(_folder, "whole")).Seconds > 0);
    }

    private QuickstartOptions Tiny(string name) => new()
    {
        Folder = Path.Combine(_folder, name),
        Tokens = 3000,
        Latents = 48,
        K = 6,
        Seed = 7,
        Units = 5,
        Shown = 2,
    };

    /// <summary>Every file but those that say when a run was, as text that can be compared.</summary>
    private SortedDictionary<string, string> Contents(string name)
    {
        string root = Path.Combine(_folder, name);
        return new(Directory.GetFiles(root, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != RunRecord.FileName)
            .ToDictionary(file => Path.GetRelativePath(root, file), file => Convert.ToBase64String(File.ReadAllBytes(file))));
    }

    private sealed class Stop(string stage, CancellationTokenSource source) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            if (value.Stage == stage)
            {
                source.Cancel();
            }
        }
    }
}
