using System.Diagnostics;
using Pellucid.Activations;
using Pellucid.Models;

// Harvests the built-in model into a folder and writes a line after each shard; the tests kill it at any instant,
// or read the most memory that it held.
using Model model = await Model.OpenAsync("stories260k");
HarvestOptions options = new()
{
    Hook = args[1],
    Tokens = long.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture),
    SequenceLength = 64,
    ShardSequences = 4,
    BatchSequences = 4,
};
using ActivationStore store = await Harvester.HarvestAsync(model, Corpus.BuiltIn, args[0], options, new Lines());
Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64}");
Console.WriteLine("done");

internal sealed class Lines : IProgress<HarvestProgress>
{
    public void Report(HarvestProgress value) => Console.WriteLine($"shard {value.Tokens}");
}
