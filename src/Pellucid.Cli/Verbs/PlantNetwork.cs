using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>plant network --json</c> prints.</summary>
internal sealed record PlantNetworkResult(
    string Out, string Kind, string Flaw, string Description, IReadOnlyList<string> Trigger, IReadOnlyList<PlantNetworkNode> Nodes, IReadOnlyList<string> Directions, long Seed,
    double AccuracyWithout, double AccuracyWith, double AccuracyRepaired);

/// <summary>A part whose role is known.</summary>
internal sealed record PlantNetworkNode(string Hook, int? Head, IReadOnlyList<int> Units, string Role, bool Flawed);

/// <summary><c>pellucid plant network</c>: writes a model with a flaw that is known.</summary>
internal sealed class PlantNetwork : Verb
{
    private const int Prompts = 400;

    private readonly Argument<string> _kind = new("KIND")
    {
        Description = $"{string.Join(", ", PlantedNetwork.Kinds.SkipLast(1))} or {PlantedNetwork.Kinds[^1]}.",
        CustomParser = result => Values.ParseOne(result, "KIND", "one of " + string.Join(", ", PlantedNetwork.Kinds), text => (PlantedNetwork.Kinds.Contains(text), text)),
    };

    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<string> _out = OutFolder.Option("Folder of the model.");

    internal PlantNetwork()
        : base("network", "Writes a small model with a flaw that is known: a shortcut, a trojan, or a unit of two meanings and its sound twin.")
    {
        Arguments.Add(_kind);
        Options.Add(_seed);
        Options.Add(_out);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid plant network trojan --out out/trojan",
        "pellucid plant network two-meanings --seed 3 --out out/two-meanings --json",
    ];

    internal override string Json =>
        """
        {"out","kind","flaw","description","trigger":[...],"nodes":[{"hook","head","units","role","flawed"}],"directions":[...],"seed","accuracy_without",
        "accuracy_with","accuracy_repaired"}: share of 400 prompts that are answered rightly where the flaw is not in play, where it is, and where it is
        with the flawed parts set to zero.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Network);
        if (OutFolder.HoldsModel(folder))
        {
            throw OutFolder.HoldsAnotherModel(folder);
        }

        using PlantedNetwork network = PlantedNetwork.Of(parse.GetRequiredValue(_kind), parse.GetValue(_seed));
        await network.SaveAsync(folder, cancellationToken: cancellationToken);
        bool isShortcut = network.Flaw.Kind == "shortcut";
        IReadOnlyList<PlantedPrompt> without = network.Prompts(Prompts, 1, isShortcut ? 1 : 0), with = network.Prompts(Prompts, 2, isShortcut ? 0 : 1);
        PlantNetworkResult result = new(
            folder, "network", network.Flaw.Kind, network.Flaw.Description, network.Flaw.Trigger,
            [.. network.Flaw.Nodes.Select(node => new PlantNetworkNode(node.Hook, node.Head, node.Units, node.Role, node.Flawed))], network.Flaw.Directions, network.Seed,
            network.Accuracy(without), network.Accuracy(with), network.Accuracy(with, network.WithoutFlaw()));
        terminal.Table(
            ["hook", "head", "units", "role", "flawed"],
            result.Nodes.Select(node => (string[])[node.Hook, $"{node.Head}", string.Join(' ', node.Units), node.Role, node.Flawed ? "yes" : "no"]));
        terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Description} Right without the flaw in play {result.AccuracyWithout:0.000}, with it {result.AccuracyWith:0.000}, with the flawed parts at zero {result.AccuracyRepaired:0.000}"));
        terminal.Print(result, CliJson.Documents.PlantNetworkResult, result.Out);
    }
}
