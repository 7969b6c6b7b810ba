using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>toy adversarial --json</c> prints.</summary>
internal sealed record ToyAdversarialResult(int Features, int Hidden, double Sparsity, double Size, IReadOnlyList<ToyAttack> Attacks);

/// <summary>The attack on one output.</summary>
internal sealed record ToyAttack(int Feature, double Predicted, double Measured, double Found, double RandomMean, double RandomBest, double Vulnerability);

/// <summary><c>pellucid toy adversarial</c>: attacks that are predicted from WᵀW.</summary>
internal sealed class ToyAdversarial : Verb
{
    private const double MostSearch = 3e10; // products: half a minute

    private readonly Option<int> _features = Values.Integer("--features", "Number of features, n.", 20, 1);
    private readonly Option<int> _hidden = Values.Integer("--hidden", "Number of hidden dimensions, m.", 5, 1);
    private readonly Option<double> _sparsity = ToyOptions.Sparsity(0.95);
    private readonly Option<double> _size = Values.Number("--size", "Length of an attack.", 0.1, 1e-6, 1);
    private readonly Option<long> _seed = Values.Seed();

    internal ToyAdversarial()
        : base("adversarial", "Attacks every output of a toy model along WᵀW, and compares with attacks that are searched for and with chance.")
    {
        foreach (Option option in (Option[])[_features, _hidden, _sparsity, _size, _seed])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid toy adversarial --features 20 --hidden 5 --sparsity 0.95"];

    internal override string Json =>
        """
        {"features","hidden","sparsity","size","attacks":[{"feature","predicted","measured","found","random_mean","random_best","vulnerability"}]}: how far attacks of
        length size on the input "this feature alone, at 1" move its output: by the formula, along the predicted direction, along the best that gradient ascent
        finds, and along 1,000 random ones; vulnerability is 1/√D, against 1 without superposition. Features without a direction are left out.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        (int features, int hidden, double sparsity, double size, long seed) =
            (parse.GetValue(_features), parse.GetValue(_hidden), parse.GetValue(_sparsity), parse.GetValue(_size), parse.GetValue(_seed));
        ToyOptions.CheckSize(features, hidden, 1);
        if (400.0 * features * features * features * hidden > MostSearch)
        {
            throw new PellucidException($"The search for attacks on {features} features in {hidden} dimensions would take hours. Choose at most some hundred features.");
        }

        ToyTask task = new() { Hidden = hidden, Sparsity = sparsity, Importance = ToyTask.Powers(features, 1) };
        ToyAttack[] attacks = await terminal.WithProgressAsync("train", progress => Task.Run(
            () =>
            {
                ToyModel model = ToyTrainer.Train([task], ToyTraining.For(task, seed), progress, cancellationToken)[0];
                return Enumerable.Range(0, features).Where(feature => model.Product(feature, feature) > 0.1).Select(feature =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    double[] x = new double[features];
                    x[feature] = 1;
                    var attack = AdversarialAttack.On(model, x, feature, size, seed: seed);
                    return new ToyAttack(feature, attack.Predicted, attack.Measured, attack.Found, attack.RandomMean, attack.RandomBest, attack.Vulnerability);
                }).ToArray();
            },
            cancellationToken));
        terminal.Table(
            ["feature#", "predicted#", "measured#", "found#", "random, mean#", "random, best#", "1/√D#"],
            attacks.Take(ToyOptions.MostRows).Select(one => (string[])[
                $"{one.Feature}", Text(one.Predicted), Text(one.Measured), Text(one.Found), Text(one.RandomMean), Text(one.RandomBest), Text(one.Vulnerability)]));
        terminal.Print(new ToyAdversarialResult(features, hidden, sparsity, size, attacks), CliJson.Documents.ToyAdversarialResult);
    }

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
