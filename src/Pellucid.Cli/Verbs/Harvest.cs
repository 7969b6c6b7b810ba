using System.CommandLine;
using System.Globalization;
using Pellucid.Activations;
using Pellucid.Cli.Frame;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>harvest --json</c> prints.</summary>
internal sealed record HarvestResult(string Out, string Model, string Hook, int Width, long Tokens, int Sequences, int Shards);

/// <summary><c>pellucid harvest</c>: writes the activations of one hook over a corpus.</summary>
internal sealed class Harvest : Verb
{
    private readonly Argument<string> _model = Values.Model();
    private readonly Argument<string> _corpus = Values.Corpus();
    private readonly Option<string> _at = new("--at") { HelpName = "HOOK", Description = "The hook, such as blocks.2.mlp.hook_post.", Required = true };
    private readonly Option<long?> _tokens = Values.Parsed<long?>("--tokens", "N", "Most tokens to harvest, BOS not counted; all by default.", null, "a whole number of at least 1", text =>
        (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= 1, value));
    private readonly Option<string> _out = OutFolder.Option("Folder of the store; an unfinished one is gone on with.");
    private readonly Option<Documents?> _documents = Values.DocumentsToRead("train");
    private readonly Option<int> _length = Values.Integer("--length", "Longest sequence, BOS included; 0 for the model's context.", 0);
    private readonly Option<bool> _cut = new("--cut") { Description = "Cut documents that are longer than a sequence instead of splitting them." };
    private readonly Option<DType?> _storage = Values.Parsed<DType?>("--storage", "TYPE", "How values are stored: f32, bf16 or f16; f32 by default.", null, "f32, bf16 or f16", text => text switch
    {
        "f32" => (true, DType.F32),
        "bf16" => (true, DType.BF16),
        "f16" => (true, DType.F16),
        _ => (false, null),
    });

    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<WeightProcessing?> _process = Values.Processing();

    internal Harvest()
        : base("harvest", "Writes the activations of a hook over a corpus, with statistics and examples of every unit.")
    {
        Arguments.Add(_model);
        Arguments.Add(_corpus);
        foreach (Option option in (Option[])[_at, _tokens, _out, _documents, _length, _cut, _storage, _seed, _process])
        {
            Options.Add(option);
        }
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid harvest stories260k tinystories --at blocks.2.mlp.hook_post --tokens 20000 --out out/store",
        "pellucid harvest stories260k self:50 --at blocks.2.hook_resid_post --out out/sampled --json",
    ];

    internal override string Json => """{"out","model","hook","width","tokens","sequences","shards"}""";

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Store);
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), new OpenOptions { Processing = parse.GetValue(_process) }, cancellationToken);
        Corpus corpus = Values.Choose(Corpus.Open(parse.GetRequiredValue(_corpus), model), parse.GetValue(_documents) ?? Documents.Train);
        HarvestOptions options = new()
        {
            Hook = parse.GetRequiredValue(_at),
            Tokens = parse.GetValue(_tokens) ?? long.MaxValue,
            SequenceLength = parse.GetValue(_length),
            LongDocuments = parse.GetValue(_cut) ? LongDocuments.Cut : LongDocuments.Split,
            Storage = parse.GetValue(_storage) ?? DType.F32,
            Summary = new SummaryOptions { Seed = parse.GetValue(_seed) },
        };
        using ActivationStore store = await terminal.WithProgressAsync(
            "harvest", progress => Harvester.HarvestAsync(
                model, corpus, folder, options, Terminal.Fractions<HarvestProgress>(progress, at => (double)at.Tokens / at.Wanted), cancellationToken));
        HarvestResult result = new(folder, store.Manifest.Model, store.Manifest.Hook, store.Manifest.Width, store.Rows, store.Sequences, store.Shards);
        terminal.Note($"{result.Tokens} tokens of {result.Sequences} sequences in {result.Shards} shards");
        terminal.Print(result, CliJson.Documents.HarvestResult, result.Out);
    }
}
