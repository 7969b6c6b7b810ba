using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Explanations.Studies;
using Pellucid.Reports;
using Study = Pellucid.Explanations.Studies.Quickstart;

namespace Pellucid.Cli.Verbs;

/// <summary><c>pellucid quickstart</c>: from the built-in model to explanations that have been tested.</summary>
internal sealed class Quickstart : Verb
{
    private readonly Option<string> _out = OutFolder.Option("Folder of the artifacts and report.html; a study of the same options is gone on with.", "quickstart");
    private readonly Option<int> _tokens = Values.Integer("--tokens", "Training tokens.", 150_000, 1000);
    private readonly Option<int> _latents = Values.Integer("--latents", "Latents of the dictionary.", 1024, 1);
    private readonly Option<int> _k = Values.Integer("--k", "Latents active at a token.", 24, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal Quickstart()
        : base("quickstart", "Opens the built-in model, trains a dictionary, explains its latents, tests the explanations, writes a report.")
    {
        foreach (Option option in (Option[])[_out, _tokens, _latents, _k, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid quickstart",
        "pellucid quickstart --seed 1 --out quickstart-1 --json",
    ];

    internal override string Json =>
        """
        {"model","hook","tokens","d_in","d_sae","k","seed","l0","variance_explained","ce","ce_zero","ce_mean","ce_spliced","loss_recovered",
        "loss_recovered_mean","dead_fraction","scores":{POPULATION:{EXPLAINER:{"top_and_random","top_and_random_ci":[lo,hi],"random_only",
        "random_only_ci","n","n_undefined","n_undefined_random_only","median_density"}}},"comparisons":[{"score","first","second","difference","ci","paired"}],"latents":[{"index","density",
        "explanation","explanation_hash","top_and_random","random_only","token_table_top_and_random","causal_percentile","causal_effect","max"}],
        "steering":{"latent","explanation","prompt","texts":[{"multiple","text"}]},"seconds":{...},"report"}: POPULATION is latents,
        untrained_latents, neurons, neurons_density_matched or random_directions_density_matched; EXPLAINER is pattern or token_table.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        QuickstartOptions options = new()
        {
            Folder = parse.GetRequiredValue(_out),
            Tokens = parse.GetValue(_tokens),
            Latents = parse.GetValue(_latents),
            K = parse.GetValue(_k),
            Seed = parse.GetValue(_seed),
        };
        OutFolder.Require(options.Folder, OutFolder.Study);
        QuickstartResult result = await terminal.WithStagesAsync(progress => Study.RunAsync(options, progress, cancellationToken));
        result = result with { Report = Path.Combine(options.Folder, "report.html") };
        QuickstartReport.Write(result, result.Report);
        terminal.Table(
            ["population", "explainer", "top and random#", "95 %", "random only#", "n#"],
            result.Scores.SelectMany(population => population.Value.Select(explainer => Row(population.Key, explainer.Key, explainer.Value))));
        terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"loss recovered {result.LossRecovered:0.000}, variance explained {result.VarianceExplained:0.000}, L0 {result.L0:0.0}, silent latents {result.DeadFraction:0.000}"));
        terminal.Print(result, QuickstartJson.Document, result.Report);
    }

    private static string[] Row(string population, string explainer, ScoreSummary score) =>
    [
        population.Replace('_', ' '), explainer.Replace('_', ' '), Text(score.TopAndRandom), $"{Text(score.TopAndRandomCi[0])} to {Text(score.TopAndRandomCi[1])}", Text(score.RandomOnly), $"{score.N}",
    ];

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
