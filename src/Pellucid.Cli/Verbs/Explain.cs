using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Pellucid.Activations;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;
using Pellucid.Explanations;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>explain --json</c> prints.</summary>
internal sealed record ExplainResult(string Out, string Kind, string Hook, IReadOnlyDictionary<string, ExplainerResult> Scores, IReadOnlyList<ExplainedUnit> Units);

/// <summary>Mean scores of one explainer.</summary>
internal sealed record ExplainerResult(
    double TopAndRandom, IReadOnlyList<double> TopAndRandomCi, double RandomOnly, IReadOnlyList<double> RandomOnlyCi, int N, int NUndefined);

/// <summary>One unit with its explanation and what became of it.</summary>
internal sealed record ExplainedUnit(
    int Index, double Density, string Explanation, string ExplanationHash, double? TopAndRandom, double? RandomOnly, double? TokenTableTopAndRandom);

/// <summary><c>pellucid explain</c>: explains units from a store and tests the explanations on the part of it that they have not seen.</summary>
internal sealed class Explain : Verb
{
    private const string StoreManifestName = "manifest.json";
    private const string WeightsName = "sae_weights.safetensors";
    private const double TrainingShare = 1 - Corpus.HeldOutShare;

    private readonly Argument<string> _units = Values.Named("DICT|MODEL:HOOK", "Folder of a dictionary, or a model and a hook for its neurons.");
    private readonly Argument<string> _store = Values.Store();
    private readonly Option<int[]?> _chosen = Values.Parsed<int[]?>(
        "--units", "A-B", "Explain units A to B, instead of a hundred drawn by seed.", null, "a range of units such as 0-9, or one unit", ParseRange);

    private readonly Option<string?> _model = new("--model") { HelpName = "MODEL", Description = "The dictionary's model; by default the one named in the store." };
    private readonly Option<string> _out = OutFolder.Option("Folder of the explanations and scores.json.");
    private readonly Option<long> _seed = Values.Seed();

    internal Explain()
        : base("explain", "Explains units by patterns of text, and scores each explanation on the last tenth of the store, which it has not seen.")
    {
        Arguments.Add(_units);
        Arguments.Add(_store);
        foreach (Option option in (Option[])[_chosen, _model, _out, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid explain out/dictionary out/store --units 0-9 --out out/explanations",
        "pellucid explain stories260k:blocks.2.mlp.hook_post out/store --out out/neurons --json",
    ];

    internal override string Json =>
        """
        {"out","kind","hook","scores":{EXPLAINER:{"top_and_random","top_and_random_ci":[lo,hi],"random_only","random_only_ci","n","n_undefined"}},
        "units":[{"index","density","explanation","explanation_hash","top_and_random","random_only","token_table_top_and_random"}]}: EXPLAINER is
        pattern or token_table; a score is null where the correlation is undefined, and counts as 0 in the means.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Explanations);
        using ActivationStore store = ActivationStore.Open(parse.GetRequiredValue(_store));
        (Model model, IUnits units, IDisposable owner) = await OpenAsync(parse, store, cancellationToken);
        using (model)
        using (owner)
        {
            store.RequireModel(model);
            int[]? chosen = parse.GetValue(_chosen) is { Length: > 0 } given ? given : null; // the parser makes an empty list of an absent one
            int training = (int)(store.Sequences * TrainingShare);
            Population population = Population.Divide(
                units.Kind, units, store, training, new SummaryOptions { Seed = parse.GetValue(_seed) }, cancellationToken);
            PatternOptions patterns = new() { Seed = parse.GetValue(_seed) };
            IExplainer[] explainers = [new PatternExplainer(model, units, CorpusTokens.Of(store, training), patterns), new TokenTableExplainer(model.Tokenizer)];
            PopulationOptions options = new() { Chosen = chosen, Seed = parse.GetValue(_seed) };
            RequireUnits(population, options);
            Describe(parse, store, model, units, chosen).Begin(folder, _ =>
                $"Folder '{folder}' holds explanations of other units, from another store or seed (see its {Provenance.FileName}). Choose another --out, or remove it.");
            PopulationScores scores = await terminal.WithProgressAsync(
                "explain", progress => Populations.ScoreAsync(population, explainers, options, progress, cancellationToken));
            ExplainResult result = Describe(folder, units, scores);
            Write(result, scores);
            terminal.Table(
                ["unit#", "score#", "explanation"],
                result.Units.Select(unit => (string[])[$"{unit.Index}", Number(unit.TopAndRandom), unit.Explanation.ReplaceLineEndings("; ")]));
            terminal.Print(result, CliJson.Documents.ExplainResult, result.Out);
        }
    }

    private static (bool Good, int[]? Value) ParseRange(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            && first <= last && last - first < 1 << 20
            ? (true, [.. Enumerable.Range(first, last - first + 1)])
            : (false, null);
    }

    private async Task<(Model Model, IUnits Units, IDisposable Owner)> OpenAsync(ParseResult parse, ActivationStore store, CancellationToken cancellationToken)
    {
        string named = parse.GetRequiredValue(_units);
        int colon = named.LastIndexOf(':');
        if (colon > 0 && !Directory.Exists(named))
        {
            Model model = await Model.OpenAsync(named[..colon], ProcessedAs(store), cancellationToken);
            HookPoint point = model.Hooks[named[(colon + 1)..]];
            RequireHook(store, point.Name);
            return (model, store.Neurons, model);
        }

        Dictionary dictionary = Dictionary.Load(named);
        RequireHook(store, dictionary.Hook);
        if (store.Manifest.Model == StoreManifest.NoModel)
        {
            throw new PellucidException(
                $"Store '{store.Folder}' holds rows that came from no model ({store.Manifest.Corpus}), so there is no text that would explain units. "
                + "Hold the dictionary against the planted directions: pellucid plant measure DICT STORE.");
        }

        Model subject = await Model.OpenAsync(parse.GetValue(_model) ?? store.Manifest.Model, ProcessedAs(store), cancellationToken);
        Fit.Require(dictionary, named, subject);
        return (subject, dictionary.Latents, dictionary);
    }

    /// <summary>A model's parameters are processed as they were when the store was harvested.</summary>
    private static OpenOptions ProcessedAs(ActivationStore store) =>
        new() { Processing = WeightProcessing.TryParse(store.Manifest.Processing ?? "none", out WeightProcessing steps) ? steps : null };

    private static void RequireHook(ActivationStore store, string hook)
    {
        if (hook != store.Manifest.Hook)
        {
            throw new PellucidException($"Store '{store.Folder}' holds {store.Manifest.Hook}, not {hook}. Harvest that hook, or name units of the other.");
        }
    }

    private static void RequireUnits(Population population, PopulationOptions options)
    {
        UnitSummary heldOut = population.HeldOutSummary;
        if (options.Chosen is { } chosen)
        {
            int outside = Array.FindIndex([.. chosen], unit => unit >= heldOut.Units);
            if (outside >= 0)
            {
                throw new PellucidException($"Unit {chosen[outside]} is not among the {heldOut.Units} {population.Units.Kind} of {population.Units.Hook}, 0 to {heldOut.Units - 1}.");
            }
        }
        else if (Populations.Draw(heldOut, options).Count == 0)
        {
            throw new PellucidException(
                $"None of the {heldOut.Units} {population.Units.Kind} fires on {options.MinimumActiveTokens} tokens of the last tenth of the store, so none can be drawn. Harvest more text, or choose with --units.");
        }
    }

    private Provenance Describe(ParseResult parse, ActivationStore store, Model model, IUnits units, int[]? chosen)
    {
        string named = parse.GetRequiredValue(_units);
        string weights = Path.Combine(named, WeightsName);
        return new Provenance
        {
            Model = model.Name,
            ModelHash = model.Hash,
            Processing = store.Manifest.Processing,
            Hook = units.Hook,
            DataHash = HashOf(Path.Combine(store.Folder, StoreManifestName)),
            Seed = parse.GetValue(_seed),
            Bos = store.Manifest.BosLeftOut ? BosPolicy.PrependedAndLeftOut : BosPolicy.None,
            InstructionSet = ProgramVersion.Current.InstructionSet,
            Options = Provenance.EmptyOptions
                .Add("kind", units.Kind)
                .Add("units", chosen is null ? "drawn" : $"{chosen[0]}-{chosen[^1]}")
                .Add("dictionary_hash", File.Exists(weights) ? HashOf(weights) : "none"),
        };
    }

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static ExplainResult Describe(string folder, IUnits units, PopulationScores scores) => new(
        folder,
        units.Kind,
        units.Hook,
        scores.Explainers.ToDictionary(pair => pair.Key, pair => new ExplainerResult(
            pair.Value.TopAndRandom.Mean, [pair.Value.TopAndRandom.Low, pair.Value.TopAndRandom.High],
            pair.Value.RandomOnly.Mean, [pair.Value.RandomOnly.Low, pair.Value.RandomOnly.High], pair.Value.N, pair.Value.NUndefined)),
        [
            .. scores.Units.Select(unit => new ExplainedUnit(
                unit.Unit, unit.Density, unit.Explanations[PatternExplanation.Name].Text, unit.Evidence[PatternExplanation.Name].ExplanationHash,
                unit.Evidence[PatternExplanation.Name].Score.TopAndRandom, unit.Evidence[PatternExplanation.Name].Score.RandomOnly,
                unit.Evidence[TokenTableExplanation.Name].Score.TopAndRandom)),
        ]);

    private static void Write(ExplainResult result, PopulationScores scores)
    {
        foreach (ScoredUnit unit in scores.Units)
        {
            foreach ((string explainer, Explanation explanation) in unit.Explanations)
            {
                explanation.Save(Path.Combine(result.Out, explainer, $"{unit.Unit}.json"));
            }
        }

        AtomicFile.WriteAllBytes(Path.Combine(result.Out, "scores.json"), JsonSerializer.SerializeToUtf8Bytes(result, CliJson.Documents.ExplainResult));
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "undefined";
}
