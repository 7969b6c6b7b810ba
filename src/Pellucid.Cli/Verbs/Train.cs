using System.CommandLine;
using System.Globalization;
using Pellucid.Activations;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>train --json</c> prints.</summary>
internal sealed record TrainResult(string Out, string Recipe, string Hook, int DIn, int DSae, int K, double DeadFraction);

/// <summary><c>pellucid train</c>: trains a dictionary from a store.</summary>
internal sealed class Train : Verb
{
    private readonly Argument<string> _store = Values.Store();
    private readonly Option<string> _recipe = Values.Parsed(
        "--recipe", "NAME", "How it learns: topk.", DictionaryConfig.TopK, "a recipe; there is topk", text => (text == DictionaryConfig.TopK, text));

    private readonly Option<int> _latents = Values.Integer("--latents", "Number of latents.", 1024, 1);
    private readonly Option<int> _k = Values.Integer("--k", "Latents active at a token.", 32, 1);
    private readonly Option<double?> _epochs = Values.Parsed<double?>("--epochs", "X", "Passes over the store.", null, "a number above 0", text =>
        (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value), value));
    private readonly Option<double?> _rate = Values.Parsed<double?>("--learning-rate", "X", "Largest learning rate of Adam.", null, "a number above 0", text =>
        (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value), value));
    private readonly Option<string> _out = OutFolder.Option("Folder of the dictionary; an unfinished one is gone on with.");
    private readonly Option<long> _seed = Values.Seed();

    internal Train()
        : base("train", "Trains a dictionary of latents from an activation store and saves it in the SAELens layout.")
    {
        Arguments.Add(_store);
        foreach (Option option in (Option[])[_recipe, _latents, _k, _epochs, _rate, _out, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid train out/store --recipe topk --latents 512 --k 16 --out out/dictionary",
    ];

    internal override string Json =>
        """{"out","recipe","hook","d_in","d_sae","k","dead_fraction"}: dead_fraction is the share of latents without any activation in the store.""";

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Dictionary);
        using ActivationStore store = ActivationStore.Open(parse.GetRequiredValue(_store));
        TopKRecipe recipe = new()
        {
            Latents = parse.GetValue(_latents),
            K = parse.GetValue(_k),
            Epochs = parse.GetValue(_epochs),
            LearningRate = parse.GetValue(_rate),
            Seed = parse.GetValue(_seed),
        };
        TrainProgress last = default;
        using Dictionary dictionary = await terminal.WithProgressAsync(
            "train", progress => DictionaryTrainer.TrainAsync(
                store, recipe, folder, Terminal.Fractions<TrainProgress>(progress, at => (double)(last = at).Step / at.Steps), cancellationToken));
        double dead = dictionary.Statistics is { } statistics
            ? (double)Enumerable.Range(0, statistics.Units).Count(unit => statistics.ActiveTokens(unit) == 0) / statistics.Units
            : double.NaN;
        TrainResult result = new(folder, parse.GetRequiredValue(_recipe), dictionary.Hook, dictionary.Config.DIn, dictionary.Config.DSae, dictionary.Config.K, dead);
        string trained = last.Steps == 0
            ? "it had been trained before"
            : string.Create(CultureInfo.InvariantCulture, $"variance explained {last.VarianceExplained:0.000} on the last batches");
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{trained}, silent latents {dead:0.000}"));
        terminal.Print(result, CliJson.Documents.TrainResult, result.Out);
    }
}
