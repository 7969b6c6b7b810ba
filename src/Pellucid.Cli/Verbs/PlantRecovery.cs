using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>plant recovery --json</c> prints.</summary>
internal sealed record PlantRecoveryResult(IReadOnlyList<long> Seeds, double LowestPossibleMmcs, IReadOnlyList<PlantRecoverySetting> Settings);

/// <summary>One difficulty.</summary>
internal sealed record PlantRecoverySetting(
    string Name, int Features, int Width, double Active, double Noise, long Tokens, int Latents, int K, bool Possible, string Why, double VarianceExplained,
    PlantRecoveryScore Dictionary, PlantRecoveryScore Pca, PlantRecoveryScore Random);

/// <summary>What one method recovered.</summary>
internal sealed record PlantRecoveryScore(
    double Mmcs, IReadOnlyList<double> MmcsCi, IReadOnlyList<double> MmcsSeeds, double FoundMmcs, double Matched, double FractionRecovered, IReadOnlyList<double> FractionRecoveredCi)
{
    internal static PlantRecoveryScore Of(RecoveryScore score) => new(
        score.Mmcs, [score.MmcsInterval.Low, score.MmcsInterval.High], score.MmcsOfSeeds, score.FoundMmcs, score.MatchedMean, score.FractionRecovered,
        [score.FractionInterval.Low, score.FractionInterval.High]);
}

/// <summary><c>pellucid plant recovery</c>: what a TopK dictionary recovers of planted directions, over difficulty.</summary>
internal sealed class PlantRecovery : Verb
{
    private readonly Option<bool> _quick = new("--quick") { Description = "Three small settings, in seconds." };
    private readonly Option<int> _seeds = Values.Integer("--seeds", "Number of seeds.", 3, 1);
    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<string> _out = OutFolder.Option("Folder in which finished parts are kept; a stopped study goes on.", "planted-recovery");

    internal PlantRecovery()
        : base("recovery", "Trains dictionaries on planted activations of many difficulties, and measures what they recover beside PCA and random directions.")
    {
        foreach (Option option in (Option[])[_quick, _seeds, _seed, _out])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid plant recovery --out out/recovery",
        "pellucid plant recovery --quick --seeds 1 --out out/recovery-quick --json",
    ];

    internal override string Json =>
        """
        {"seeds":[...],"lowest_possible_mmcs","settings":[{"name","features","width","active","noise","tokens","latents","k","possible","why","variance_explained",
        "dictionary":{"mmcs","mmcs_ci":[lo,hi],"mmcs_seeds":[...],"found_mmcs","matched","fraction_recovered","fraction_recovered_ci":[lo,hi]},"pca":{...},
        "random":{...}}]}: possible says whether theory lets the directions be found, and why says why; intervals by bootstrap over features.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Recovery);
        RecoveryOptions options = new()
        {
            Folder = folder,
            Settings = parse.GetValue(_quick) ? RecoverySettings.Quick : RecoverySettings.Default,
            Seeds = parse.GetValue(_seeds),
            Seed = parse.GetValue(_seed),
        };
        IReadOnlyList<RecoveryRow> rows = await terminal.WithProgressAsync(
            "recovery", progress => RecoveryStudy.RunAsync(options, Terminal.Fractions<RecoveryProgress>(progress, at => at.Fraction), cancellationToken));
        terminal.Table(
            ["setting", "possible", "dictionary#", "95 %", "recovered#", "matched#", "PCA#", "random#", "why"],
            rows.Select(row => (string[])
            [
                row.Setting.Name, row.Conditions.Possible ? "yes" : "no", Text(row.Dictionary.Mmcs), $"{Text(row.Dictionary.MmcsInterval.Low)} to {Text(row.Dictionary.MmcsInterval.High)}",
                Text(row.Dictionary.FractionRecovered), Text(row.Dictionary.MatchedMean), Text(row.Pca.Mmcs), Text(row.Random.Mmcs), row.Conditions.Possible ? "every condition holds" : row.Conditions.Why,
            ]));
        double lowest = rows.Where(row => row.Conditions.Possible).Select(row => row.Dictionary.Mmcs).DefaultIfEmpty(double.NaN).Min();
        terminal.Note($"lowest mean max cosine where recovery is possible: {Text(lowest)}");
        PlantRecoveryResult result = new(
            [.. Enumerable.Range(0, options.Seeds).Select(seed => options.Seed + seed)], lowest,
            [.. rows.Select(row => new PlantRecoverySetting(
                row.Setting.Name, row.Setting.Planted.Features, row.Setting.Planted.Width, row.Setting.Planted.ActiveFeatures, row.Setting.Planted.Noise, row.Setting.Tokens,
                row.Setting.Latents, row.Setting.K, row.Conditions.Possible, row.Conditions.Why, row.VarianceExplained, PlantRecoveryScore.Of(row.Dictionary),
                PlantRecoveryScore.Of(row.Pca), PlantRecoveryScore.Of(row.Random)))]);
        terminal.Print(result, CliJson.Documents.PlantRecoveryResult);
    }

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
