using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy absolute-value --json</c> prints.</summary>
internal sealed record ToyAbsoluteValueResult(int Features, int Hidden, IReadOnlyList<ToyNeurons> Points);

/// <summary>The neurons of the model at one sparsity.</summary>
internal sealed record ToyNeurons(double Sparsity, double Loss, double LossStandardError, int Neurons, int Monosemantic, int Asymmetric, int FeaturesComputed);

/// <summary><c>pellucid toy absolute-value</c>: computation in superposition.</summary>
internal sealed class ToyAbsoluteValue : Verb
{
    private static readonly double[] Sparsities = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999];

    private readonly Option<int> _features = Values.Integer("--features", "Number of features, n.", 40, 1);
    private readonly Option<int> _hidden = Values.Integer("--hidden", "Number of hidden neurons, m.", 20, 1);
    private readonly Option<double> _importance = ToyOptions.Importance(0.8);
    private readonly Option<int> _restarts = Values.Integer("--restarts", "Models of each sparsity, of which the best counts.", 3, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal ToyAbsoluteValue()
        : base("absolute-value", "Trains hidden ReLU neurons to give |x| of more features than there are neurons, over sparsity.")
    {
        foreach (Option option in (Option[])[_features, _hidden, _importance, _restarts, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid toy absolute-value --features 12 --hidden 8 --json"];

    internal override string Json =>
        """
        {"features","hidden","points":[{"sparsity","loss","loss_standard_error","neurons","monosemantic","asymmetric","features_computed"}]}: neurons that have
        weights at all, those that are for one feature, those that take in two features and are read out with the strengths exchanged, and features whose error is less than half of what giving their mean leaves.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        (int features, int hidden, int restarts) = (parse.GetValue(_features), parse.GetValue(_hidden), parse.GetValue(_restarts));
        ToyOptions.CheckSize(features, 2 * hidden, (long)Sparsities.Length * restarts);
        ToyTask[] tasks = [.. Sparsities.Select(sparsity => new ToyTask
        {
            Form = AutoencoderForm.RectifiedHidden, Hidden = hidden, Sparsity = sparsity, Importance = ToyTask.Powers(features, parse.GetValue(_importance)),
        })];
        BestToy[] best = await terminal.WithProgressAsync("train", progress => Task.Run(
            () => ToyTrainer.TrainBest(tasks, restarts, ToyTraining.For(tasks[0], parse.GetValue(_seed)), progress, cancellationToken), cancellationToken));
        ToyNeurons[] points = [.. best.Select(one =>
        {
            IReadOnlyList<NeuronRole> roles = NeuronRole.Of(one.Model);
            return new ToyNeurons(
                one.Model.Task.Sparsity, one.Loss.Value, one.Loss.StandardError, roles.Count, roles.Count(role => role.IsMonosemantic), roles.Count(role => role.IsAsymmetric),
                ToyLoss.Explained(one.Model, seed: parse.GetValue(_seed)).Count(share => share > 0.5));
        })];
        terminal.Table(
            ["sparsity#", "loss#", "neurons#", "of one feature#", "asymmetric#", "features computed#"],
            points.Select(point => (string[])[Text(point.Sparsity), Text(point.Loss), $"{point.Neurons}", $"{point.Monosemantic}", $"{point.Asymmetric}", $"{point.FeaturesComputed}"]));
        terminal.Print(new ToyAbsoluteValueResult(features, hidden, points), CliJson.Documents.ToyAbsoluteValueResult);
    }

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
