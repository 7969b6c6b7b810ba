using System.CommandLine;
using System.Globalization;
using Pellucid.Activations;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>evaluate --json</c> prints.</summary>
internal sealed record EvaluateResult(
    long Tokens,
    int Documents,
    double L0,
    double VarianceExplained,
    double Cosine,
    double Ce,
    double CeZero,
    double CeMean,
    double CeSpliced,
    double LossRecovered,
    IReadOnlyList<double>? LossRecoveredCi,
    double LossRecoveredMean,
    IReadOnlyList<double>? LossRecoveredMeanCi,
    double DeadFraction,
    double DenseFraction);

/// <summary><c>pellucid evaluate</c>: holds a dictionary against its model on text that it was not trained on.</summary>
internal sealed class Evaluate : Verb
{
    private readonly Argument<string> _dictionary = Values.DictionaryFolder();
    private readonly Argument<string> _model = Values.Model();
    private readonly Option<WeightProcessing?> _process = Values.Processing();
    private readonly Argument<string> _corpus = Values.Corpus();
    private readonly Option<Documents?> _documents = Values.DocumentsToRead("held-out");
    private readonly Option<int> _tokens = Values.Integer("--tokens", "Stop after the sequence that reaches N tokens; 0 for all.", 0);
    private readonly Option<bool> _cut = new("--cut") { Description = "Cut documents that are longer than the context instead of splitting them." };

    internal Evaluate()
        : base("evaluate", "Measures a dictionary on held-out text: reconstruction, and the model's loss with it spliced in.")
    {
        Arguments.Add(_dictionary);
        Arguments.Add(_model);
        Arguments.Add(_corpus);
        Options.Add(_documents);
        Options.Add(_tokens);
        Options.Add(_cut);
        Options.Add(_process);
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid evaluate out/dictionary stories260k tinystories"];

    internal override string Json =>
        """
        {"tokens","documents","l0","variance_explained","cosine","ce","ce_zero","ce_mean","ce_spliced","loss_recovered","loss_recovered_ci":[lo,hi],
        "loss_recovered_mean","loss_recovered_mean_ci","dead_fraction","dense_fraction"}: losses in nats a predicted token; intervals by
        bootstrap over documents; dead_fraction over the training text, null without statistics.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using Dictionary dictionary = Dictionary.Load(parse.GetRequiredValue(_dictionary));
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), new OpenOptions { Processing = parse.GetValue(_process) }, cancellationToken);
        Corpus corpus = Values.Choose(Corpus.Open(parse.GetRequiredValue(_corpus), model), parse.GetValue(_documents) ?? Documents.HeldOut);
        EvaluateOptions options = new()
        {
            MaxTokens = parse.GetValue(_tokens) is > 0 and int tokens ? tokens : long.MaxValue,
            LongDocuments = parse.GetValue(_cut) ? LongDocuments.Cut : LongDocuments.Split,
        };
        DictionaryEvaluation found = await terminal.WithProgressAsync("evaluate", progress => Task.Run(
            () => DictionaryEvaluator.Evaluate(
                dictionary, model, corpus, options, Terminal.Fractions<EvaluateProgress>(progress, at => (double)at.Sequences / at.Wanted), cancellationToken),
            cancellationToken));
        EvaluateResult result = new(
            found.Tokens, found.Documents, found.L0, found.VarianceExplained, found.Cosine, found.Ce, found.CeZero, found.CeMean, found.CeSpliced,
            found.LossRecovered, Ends(found.LossRecoveredInterval), found.LossRecoveredMean, Ends(found.LossRecoveredMeanInterval),
            found.DeadFraction ?? double.NaN, found.DenseFraction);
        terminal.Table(["measure", "value#"], Rows(result));
        terminal.Print(result, CliJson.Documents.EvaluateResult);
    }

    private static double[]? Ends(Interval? interval) => interval is { } ends ? [ends.Low, ends.High] : null;

    private static IEnumerable<string[]> Rows(EvaluateResult result)
    {
        yield return ["tokens", $"{result.Tokens}"];
        foreach ((string name, double value) in new (string, double)[]
        {
            ("L0", result.L0), ("variance explained", result.VarianceExplained), ("cosine", result.Cosine), ("loss", result.Ce),
            ("loss, hook at zero", result.CeZero), ("loss, hook at its mean", result.CeMean), ("loss, hook spliced", result.CeSpliced),
            ("loss recovered against zero", result.LossRecovered), ("loss recovered against the mean", result.LossRecoveredMean),
            ("silent latents", result.DeadFraction), ("dense latents", result.DenseFraction),
        })
        {
            yield return [name, value.ToString("0.0000", CultureInfo.InvariantCulture)];
        }
    }
}
