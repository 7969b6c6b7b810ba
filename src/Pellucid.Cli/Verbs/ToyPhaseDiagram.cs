using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Reports;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy phase-diagram --json</c> prints.</summary>
internal sealed record ToyPhaseDiagramResult(
    string Out, string Numbers, int Features, int Points, int Seeds, double Ignored, double Dedicated, double Antipodal, double Agreement, double AgreementOffBoundary);

/// <summary><c>pellucid toy phase-diagram</c>: phases over sparsity and importance.</summary>
internal sealed class ToyPhaseDiagram : Verb
{
    private readonly Option<string> _out = PictureFile.Option();
    private readonly Option<int> _features = Values.Parsed("--features", "N", "2 features in one dimension, or 3 in two.", 2, "2 or 3", text => (text is "2" or "3", text == "3" ? 3 : 2));
    private readonly Option<int> _points = Values.Integer("--points", "Points of each side of the grid.", 40, 2);
    private readonly Option<int> _seeds = Values.Integer("--seeds", "Models of each point, of which the best counts.", 10, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal ToyPhaseDiagram()
        : base("phase-diagram", "Draws which features toy models store, over density and importance, with the boundary of theory.")
    {
        foreach (Option option in (Option[])[_out, _features, _points, _seeds, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid toy phase-diagram --out out/phases.svg",
        "pellucid toy phase-diagram --features 3 --points 20 --out out/phases-3.svg --json",
    ];

    internal override string Json =>
        """
        {"out","numbers","features","points","seeds","ignored","dedicated","antipodal","agreement","agreement_off_boundary"}: ignored, dedicated and antipodal
        are shares of the points; agreement is the share whose phase theory predicts, agreement_off_boundary counts points beside the predicted boundary as
        agreeing; both are null for three features.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string path = parse.GetRequiredValue(_out);
        PictureFile.Require(path);
        PhaseDiagramOptions options = new() { Features = parse.GetValue(_features), Seeds = parse.GetValue(_seeds), Densities = parse.GetValue(_points), Importances = parse.GetValue(_points) };
        options = options with { Training = options.Training with { Seed = parse.GetValue(_seed) } };
        PhaseDiagram diagram = await terminal.WithProgressAsync("train", progress => Task.Run(() => PhaseDiagram.Compute(options, progress, cancellationToken), cancellationToken));
        PictureFile.Write(path, PhaseDiagramPicture.Render(diagram), ToyNumbers.Of(diagram));
        ToyPhaseDiagramResult result = new(
            path, PictureFile.Numbers(path), options.Features, diagram.Points.Count, options.Seeds,
            Share(ToySolution.Ignored), Share(ToySolution.Dedicated), Share(ToySolution.Antipodal), diagram.Agreement, diagram.AgreementOffBoundary);
        terminal.Table(
            ["phase", "share#"], Enum.GetValues<ToySolution>().Select(solution => (string[])[ToyOptions.Name(solution), Share(solution).ToString("0.000", CultureInfo.InvariantCulture)]));
        if (options.Features == 2)
        {
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{diagram.Agreement:0.0000} of the points are as theory predicts, {diagram.AgreementOffBoundary:0.0000} with those beside the boundary"));
        }

        terminal.Print(result, CliJson.Documents.ToyPhaseDiagramResult, path);

        double Share(ToySolution solution) => diagram.Points.Count(point => point.Solution == solution) / (double)diagram.Points.Count;
    }
}
