using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;
using Pellucid.GroundTruth;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>plant measure --json</c> prints.</summary>
internal sealed record PlantMeasureResult(
    int Features, int Latents, double Mmcs, double FoundMmcs, double Matched, double FractionRecovered, IReadOnlyList<double> MaxCosines, IReadOnlyList<int> Nearest, IReadOnlyList<int> Matches);

/// <summary><c>pellucid plant measure</c>: holds a dictionary against the directions that were planted.</summary>
internal sealed class PlantMeasure : Verb
{
    private readonly Argument<string> _dictionary = Values.DictionaryFolder();
    private readonly Argument<string> _store = Values.Named("STORE", "Folder that 'pellucid plant activations' wrote.");

    internal PlantMeasure()
        : base("measure", "Measures how many planted directions a dictionary recovered.")
    {
        Arguments.Add(_dictionary);
        Arguments.Add(_store);
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid plant measure out/planted-dictionary out/planted"];

    internal override string Json =>
        """
        {"features","latents","mmcs","found_mmcs","matched","fraction_recovered","max_cosines":[...],"nearest":[...],"matches":[...]}: mmcs is the mean over
        features of the largest cosine to a latent, found_mmcs the mean over latents of the largest cosine to a feature, matched the mean cosine where
        each latent serves once, fraction_recovered the share of features with a cosine of at least 0.9; a value a feature in the lists, -1 for no match.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using Dictionary dictionary = Dictionary.Load(parse.GetRequiredValue(_dictionary));
        using PlantedTruth truth = PlantedTruth.Open(parse.GetRequiredValue(_store));
        DirectionRecovery found = await terminal.WithProgressAsync(
            "measure", _ => Task.Run(() => DirectionRecovery.Measure(truth.Directions, dictionary.WDec), cancellationToken).WaitAsync(cancellationToken));
        PlantMeasureResult result = new(
            truth.Options.Features, dictionary.Config.DSae, found.Mmcs, found.FoundMmcs, found.MatchedMean, found.FractionRecovered, found.MaxCosines, found.Nearest, found.Matches);
        terminal.Table(
            ["measure", "value#"],
            new (string Name, double Value)[]
            {
                ("mean max cosine, features to latents", result.Mmcs), ("mean max cosine, latents to features", result.FoundMmcs),
                ("mean cosine of the one-to-one matching", result.Matched), ("features recovered at a cosine of 0.9", result.FractionRecovered),
            }.Select(row => (string[])[row.Name, row.Value.ToString("0.000", CultureInfo.InvariantCulture)]));
        terminal.Print(result, CliJson.Documents.PlantMeasureResult);
    }
}
