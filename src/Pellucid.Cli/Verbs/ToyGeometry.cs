using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Reports;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy geometry --json</c> prints.</summary>
internal sealed record ToyGeometryResult(string Out, string Numbers, IReadOnlyList<ToyGeometryPoint> Points);

/// <summary>The geometry at one sparsity.</summary>
internal sealed record ToyGeometryPoint(double Sparsity, double Loss, double LossStandardError, double DStar, string Figures);

/// <summary><c>pellucid toy geometry</c>: dimensions of a feature over sparsity.</summary>
internal sealed class ToyGeometry : Verb
{
    private readonly Option<string> _out = PictureFile.Option();
    private readonly Option<int> _features = Values.Integer("--features", "Number of features, n, of equal importance.", 60, 2);
    private readonly Option<int> _hidden = Values.Integer("--hidden", "Number of hidden dimensions, m.", 6, 1);
    private readonly Option<int> _points = Values.Integer("--points", "Sparsities, from density 1 to 1/20.", 32, 2);
    private readonly Option<int> _restarts = Values.Integer("--restarts", "Models of each sparsity, of which the best counts.", 2, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal ToyGeometry()
        : base("geometry", "Trains features of equal importance over sparsity, and draws how many dimensions each has.")
    {
        foreach (Option option in (Option[])[_out, _features, _hidden, _points, _restarts, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid toy geometry --features 40 --hidden 4 --points 16 --out out/geometry.svg"];

    internal override string Json =>
        """
        {"out","numbers","points":[{"sparsity","loss","loss_standard_error","d_star","figures"}]}: d_star is m / ‖W‖², figures those that the directions make.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string path = parse.GetRequiredValue(_out);
        PictureFile.Require(path);
        (int features, int hidden, int points, int restarts) = (parse.GetValue(_features), parse.GetValue(_hidden), parse.GetValue(_points), parse.GetValue(_restarts));
        ToyOptions.CheckSize(features, hidden, (long)points * restarts);
        ToyTask[] tasks = [.. Enumerable.Range(0, points).Select(at => new ToyTask
        {
            Hidden = hidden, Sparsity = 1 - Math.Pow(20, -(double)at / (points - 1)), Importance = ToyTask.Powers(features, 1),
        })];
        BestToy[] best = await terminal.WithProgressAsync("train", progress => Task.Run(
            () => ToyTrainer.TrainBest(tasks, restarts, ToyTraining.For(tasks[0], parse.GetValue(_seed)), progress, cancellationToken), cancellationToken));
        PictureFile.Write(path, DimensionalityPicture.Render([.. best.Select(one => one.Model)]), ToyNumbers.Of(best));
        ToyGeometryPoint[] result =
        [
            .. best.Select(one => new ToyGeometryPoint(
                one.Model.Task.Sparsity, one.Loss.Value, one.Loss.StandardError, one.Model.DimensionsPerFeature, Polytopes.Describe(Polytopes.Of(one.Model)))),
        ];
        terminal.Table(
            ["sparsity#", "loss#", "D*#", "figures"],
            result.Select(point => (string[])[Text(point.Sparsity), Text(point.Loss), Text(point.DStar), point.Figures]));
        terminal.Print(new ToyGeometryResult(path, PictureFile.Numbers(path), result), CliJson.Documents.ToyGeometryResult, path);
    }

    private static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
