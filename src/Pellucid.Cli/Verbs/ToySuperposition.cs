using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy superposition --json</c> prints.</summary>
internal sealed record ToySuperpositionResult(
    double Loss, double LossStandardError, IReadOnlyList<IReadOnlyList<float>> Weights, IReadOnlyList<float> Bias, IReadOnlyList<double> Dimensionality,
    double DStar, string Solution, IReadOnlyList<double> Importance, int Restarts, string? Out);

/// <summary><c>pellucid toy superposition</c>: the best of many small models.</summary>
internal sealed class ToySuperposition : Verb
{
    private const int FewestRestarts = 32;

    private readonly Option<int> _features = Values.Integer("--features", "Number of features, n.", 2, 1);
    private readonly Option<int> _hidden = Values.Integer("--hidden", "Number of hidden dimensions, m.", 1, 1);
    private readonly Option<double> _sparsity = ToyOptions.Sparsity(0.9);
    private readonly Option<double> _importance = ToyOptions.Importance(1);
    private readonly Option<int> _restarts = Values.Integer("--restarts", "Models trained, from beginnings of their own, of which the best is kept.", FewestRestarts, FewestRestarts);
    private readonly Option<string?> _out = Values.Parsed<string?>(
        "--out", "DIR", "Folder to save the model in, with truth.json.", null, "the name of a folder", text => (text.Trim().Length > 0, text));

    private readonly Option<long> _seed = Values.Seed();

    internal ToySuperposition()
        : base("superposition", "Trains ReLU(WᵀWx + b) on sparse features, and says how the best of many stores them.")
    {
        foreach (Option option in (Option[])[_features, _hidden, _sparsity, _importance, _restarts, _out, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid toy superposition --features 2 --hidden 1 --sparsity 0.9 --importance 0.8",
        "pellucid toy superposition --features 5 --hidden 2 --sparsity 0.95 --importance 1 --out out/pentagon --json",
    ];

    internal override string Json =>
        """
        {"loss","loss_standard_error","weights":[[...]],"bias":[...],"dimensionality":[...],"d_star","solution","importance":[...],"restarts","out"}: loss is
        E Σ Iᵢ (xᵢ − x′ᵢ)² with Iᵢ = Rⁱ, i from 0; its standard error is 0 where it is exact (two or three features). weights are [hidden][feature]. solution, for two
        features in one dimension, is what becomes of the second: ignored, dedicated or antipodal; for other sizes the figures that directions make, such as
        pentagon or 2 × digon. d_star is m / ‖W‖². out is null where nothing was saved.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string? folder = parse.GetValue(_out);
        (int features, int restarts, long seed) = (parse.GetValue(_features), parse.GetValue(_restarts), parse.GetValue(_seed));
        ToyOptions.CheckSize(features, parse.GetValue(_hidden), restarts);
        ToyTask task = new() { Hidden = parse.GetValue(_hidden), Sparsity = parse.GetValue(_sparsity), Importance = ToyTask.Powers(features, parse.GetValue(_importance)) };
        if (folder is not null)
        {
            OutFolder.Require(folder, OutFolder.Network);
            if (OutFolder.HoldsModel(folder) && !HoldsModelOf(task, folder))
            {
                throw OutFolder.HoldsAnotherModel(folder);
            }
        }

        BestToy best = await terminal.WithProgressAsync(
            "train", progress => Task.Run(() => ToyTrainer.TrainBest([task], restarts, ToyTraining.For(task, seed), progress, cancellationToken)[0], cancellationToken));
        ToyModel model = best.Model;
        if (folder is not null)
        {
            await ToyNetwork.SaveAsync(model, folder, overwrite: true, cancellationToken);
        }

        string solution = task is { Features: 2, Hidden: 1 } ? ToyOptions.Name(ToyPhases.Of(model)!.Value) : Polytopes.Describe(Polytopes.Of(model));
        ToySuperpositionResult result = new(
            best.Loss.Value, best.Loss.StandardError, [.. Enumerable.Range(0, task.Hidden).Select(k => model.Weights.AsSpan(k * features, features).ToArray())],
            model.Bias, model.Dimensionality(), model.DimensionsPerFeature, solution, task.Importance, restarts, folder);
        double[] norms = model.Norms();
        terminal.Table(
            ["feature#", "importance#", "‖W‖#", "dimensions#", "bias#"],
            Enumerable.Range(0, Math.Min(features, ToyOptions.MostRows)).Select(i => (string[])[
                $"{i}", Text(task.Importance[i]), Text(norms[i]), Text(result.Dimensionality[i]), Text(model.Bias[i])]));
        string error = best.Loss.IsExact ? "exact" : string.Create(CultureInfo.InvariantCulture, $"± {best.Loss.StandardError:G2}");
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"loss {best.Loss.Value:G6} ({error}), the best of {restarts}"));
        terminal.Print(result, CliJson.Documents.ToySuperpositionResult, result.Solution);
    }

    private static bool HoldsModelOf(ToyTask task, string folder)
    {
        try
        {
            ToyTask there = ToyNetwork.Read(folder).Task;
            return there.Importance.SequenceEqual(task.Importance) && there with { Importance = task.Importance } == task;
        }
        catch (BadFileException)
        {
            return false;
        }
    }

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
