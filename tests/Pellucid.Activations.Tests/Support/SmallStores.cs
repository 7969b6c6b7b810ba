using Pellucid.Models;

namespace Pellucid.Activations.Tests.Support;

/// <summary>Small harvests of the built-in model, and comparisons of folders.</summary>
internal static class SmallStores
{
    internal const string Hook = "blocks.2.mlp.hook_post";

    internal static Model Model { get; } = Model.OpenAsync("stories260k").GetAwaiter().GetResult();

    internal static HarvestOptions Options(long tokens) => new() { Hook = Hook, Tokens = tokens, SequenceLength = 64, ShardSequences = 4, BatchSequences = 3 };

    internal static async Task<ActivationStore> Harvest(string folder, long tokens) =>
        await Harvester.HarvestAsync(Model, Corpus.BuiltIn, folder, Options(tokens));

    /// <summary>Every file's bytes but those of run.json, by name.</summary>
    internal static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.GetFiles(folder).Where(file => Path.GetFileName(file) != "run.json")
            .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);
}
