using System.CommandLine;
using System.Globalization;
using Pellucid.Activations;
using Pellucid.Cli.Frame;
using Pellucid.Dictionaries;
using Pellucid.GroundTruth;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>plant activations --json</c> prints.</summary>
internal sealed record PlantActivationsResult(string Out, string Kind, int Features, int Width, long Tokens, double ActiveFeatures, double MaxDensity, double MinDensity, long Seed, int Shards);

/// <summary><c>pellucid plant activations</c>: writes a store whose features are known.</summary>
internal sealed class PlantActivations : Verb
{
    private readonly Option<int> _features = Values.Integer("--features", "Number of features.", 128, 1);
    private readonly Option<int> _width = Values.Integer("--width", "Width of the activations.", 64, 1);
    private readonly Option<int> _tokens = Values.Integer("--tokens", "Rows to make.", 60_000, 1);
    private readonly Option<double> _active = Values.Number("--active", "Expected number of features that fire on a row.", 4, 0);
    private readonly Option<DensityLaw> _density = Law("--density", "How often features fire, relative to each other", DensityLaw.Uniform, ("uniform", DensityLaw.Uniform), ("zipf", DensityLaw.Zipf));
    private readonly Option<double> _exponent = Values.Number("--zipf-exponent", "Exponent of Zipf's law.", 1, 0, 10);
    private readonly Option<MagnitudeLaw> _magnitude = Law(
        "--magnitude", "How strong a feature is where it fires", MagnitudeLaw.Uniform, ("uniform", MagnitudeLaw.Uniform), ("constant", MagnitudeLaw.Constant),
        ("half-normal", MagnitudeLaw.HalfNormal), ("exponential", MagnitudeLaw.Exponential), ("log-normal", MagnitudeLaw.LogNormal));

    private readonly Option<DirectionLayout> _directions = Law("--directions", "How directions lie", DirectionLayout.Random, ("random", DirectionLayout.Random), ("orthogonal", DirectionLayout.Orthogonal));
    private readonly Option<int> _pairs = Values.Integer("--duplicate-pairs", "Pairs of features with nearly the same direction.", 0);
    private readonly Option<double> _cosine = Values.Number("--duplicate-cosine", "Cosine within such a pair.", 0.9, -1, 1);
    private readonly Option<int> _group = Values.Integer("--group-size", "Features that share a hidden factor; 0 for independent ones.", 0);
    private readonly Option<double> _correlation = Values.Number("--group-correlation", "Correlation of hidden variables within a group; 1 fires it as one.", 0, 0, 1);
    private readonly Option<bool> _opposed = new("--opposed") { Description = "Every second feature of a group fires where the others do not." };
    private readonly Option<int> _branching = Values.Integer("--branching", "Children of a feature, which fire only where it does; 0 for none.", 0);
    private readonly Option<int> _roots = Values.Integer("--roots", "Features without a parent, where there are children.", 1, 1);
    private readonly Option<double> _share = Values.Number("--child-share", "Probability that a child fires where its parent does.", 0.25, 0, 1);
    private readonly Option<bool> _exclusive = new("--exclusive") { Description = "At most one child of a parent fires." };
    private readonly Option<int> _dense = Values.Integer("--dense-features", "Features, among all, that fire often.", 0);
    private readonly Option<double> _denseDensity = Values.Number("--dense-density", "Probability that a dense feature fires.", 0.5, 0, 1);
    private readonly Option<double> _mean = Values.Number("--mean-norm", "Norm of a vector that is added to every row.", 0, 0);
    private readonly Option<double> _noise = Values.Number("--noise", "Standard deviation of the noise in every dimension.", 0, 0);
    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<string> _out = OutFolder.Option("Folder of the store; an unfinished one is gone on with.");

    internal PlantActivations()
        : base("activations", "Writes an activation store whose features are known: directions, codes, and how they depend on each other.")
    {
        foreach (Option option in (Option[])
        [
            _features, _width, _tokens, _active, _density, _exponent, _magnitude, _directions, _pairs, _cosine, _group, _correlation, _opposed, _branching, _roots, _share,
            _exclusive, _dense, _denseDensity, _mean, _noise, _seed, _out,
        ])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid plant activations --features 128 --width 64 --tokens 60000 --out out/planted",
        "pellucid plant activations --features 128 --width 64 --roots 32 --branching 3 --noise 0.05 --tokens 60000 --seed 1 --out out/hierarchy --json",
    ];

    internal override string Json =>
        """{"out","kind","features","width","tokens","active_features","max_density","min_density","seed","shards"}: densities are probabilities that a feature fires on a row.""";

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Store);
        int branching = parse.GetValue(_branching);
        using PlantedActivations planted = new(new PlantedOptions
        {
            Features = parse.GetValue(_features),
            Width = parse.GetValue(_width),
            Seed = parse.GetValue(_seed),
            ActiveFeatures = parse.GetValue(_active),
            Density = parse.GetValue(_density),
            ZipfExponent = parse.GetValue(_exponent),
            Magnitude = parse.GetValue(_magnitude),
            Directions = parse.GetValue(_directions),
            DuplicatePairs = parse.GetValue(_pairs),
            DuplicateCosine = parse.GetValue(_cosine),
            GroupSize = parse.GetValue(_group),
            GroupCorrelation = parse.GetValue(_correlation),
            Opposed = parse.GetValue(_opposed),
            Branching = branching,
            Roots = branching == 0 ? 0 : parse.GetValue(_roots),
            ChildShare = parse.GetValue(_share),
            ExclusiveChildren = parse.GetValue(_exclusive),
            DenseFeatures = parse.GetValue(_dense),
            DenseDensity = parse.GetValue(_denseDensity),
            MeanNorm = parse.GetValue(_mean),
            Noise = parse.GetValue(_noise),
        });
        using ActivationStore store = await terminal.WithProgressAsync(
            "plant", progress => PlantedStore.WriteAsync(
                planted, parse.GetValue(_tokens), folder, Terminal.Fractions<HarvestProgress>(progress, at => (double)at.Tokens / at.Wanted), cancellationToken));
        PlantActivationsResult result = new(
            folder, "activations", planted.Options.Features, planted.Options.Width, store.Rows, planted.Densities.Sum(), planted.Densities.Max(), planted.Densities.Min(),
            planted.Options.Seed, store.Shards);
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{result.Features} features in width {result.Width}, {result.ActiveFeatures:0.##} active on a row, {result.Tokens} rows"));
        terminal.Print(result, CliJson.Documents.PlantActivationsResult, result.Out);
    }

    private static Option<T> Law<T>(string name, string description, T fallback, params (string Name, T Value)[] laws)
        where T : struct
    {
        string names = string.Join(", ", laws.Select(law => law.Name));
        return Values.Parsed(name, "LAW", $"{description}: {names}.", fallback, $"one of {names}", text =>
            Array.Find(laws, law => law.Name == text) is { Name: not null } law ? (true, law.Value) : (false, fallback));
    }
}
