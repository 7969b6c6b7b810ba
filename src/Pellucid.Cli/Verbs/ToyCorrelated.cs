using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Reports;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy correlated --json</c> prints.</summary>
internal sealed record ToyCorrelatedResult(string Out, string Numbers, IReadOnlyList<ToyPairs> Models);

/// <summary>How the pairs of one model lie.</summary>
internal sealed record ToyPairs(string Name, string Dependence, int Features, double Sparsity, double Loss, double CosineWithin, double CosineBetween);

/// <summary><c>pellucid toy correlated</c>: pairs of features that come together, or never do.</summary>
internal sealed class ToyCorrelated : Verb
{
    private readonly Option<string> _out = PictureFile.Option();
    private readonly Option<int> _restarts = Values.Integer("--restarts", "Models of each setup, of which the best counts.", 32, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal ToyCorrelated()
        : base("correlated", "Trains pairs of features that come together, or exclude each other, in two dimensions, and draws their directions.")
    {
        foreach (Option option in (Option[])[_out, _restarts, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid toy correlated --out out/correlated.svg"];

    internal override string Json =>
        """
        {"out","numbers","models":[{"name","dependence","features","sparsity","loss","cosine_within","cosine_between"}]}: mean cosines of the directions of the two
        features of a pair, and the least between features of two pairs.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string path = parse.GetRequiredValue(_out);
        PictureFile.Require(path);
        ToyOptions.CheckSize(6, 2, 4L * parse.GetValue(_restarts)); // four setups, of at most six features in two dimensions
        IReadOnlyList<PairedFeatures> models = await terminal.WithProgressAsync("train", progress => Task.Run(
            () => PairedFeatures.TrainAll(parse.GetValue(_restarts), parse.GetValue(_seed), progress, cancellationToken), cancellationToken));
        PictureFile.Write(path, DirectionsPicture.Render([.. models.Select(one => (one.Name, one.Best.Model))]), ToyNumbers.Of([.. models.Select(one => one.Best)]));
        ToyPairs[] result =
        [
            .. models.Select(one => new ToyPairs(
                one.Name, one.Best.Model.Task.Dependence.ToString().ToLowerInvariant(), one.Best.Model.Task.Features, one.Best.Model.Task.Sparsity, one.Best.Loss.Value,
                one.CosineWithin, one.CosineBetween)),
        ];
        terminal.Table(
            ["setup", "loss#", "cosine within a pair#", "least between pairs#"],
            result.Select(one => (string[])[one.Name, Text(one.Loss), Text(one.CosineWithin), Text(one.CosineBetween)]));
        terminal.Print(new ToyCorrelatedResult(path, PictureFile.Numbers(path), result), CliJson.Documents.ToyCorrelatedResult, path);
    }

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
