using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>generate --json</c> prints.</summary>
internal sealed record GenerateResult(string Prompt, string? Text, IReadOnlyList<int> Ids, double TokensPerSecond);

/// <summary><c>pellucid generate</c>: continues a text.</summary>
internal sealed class Generate : Verb
{
    private readonly Argument<string> _model = Values.Model();
    private readonly Argument<string> _prompt = new("PROMPT") { Description = "The text to continue; \"\" starts from BOS." };
    private readonly Sampling _sampling = new(maxTokens: 60);
    private readonly Option<OpenOptions?> _weights = Values.Weights();
    private readonly Option<WeightProcessing?> _process = Values.Processing();
    private readonly Option<Clamp[]> _clamps = Clamp.Option();

    internal Generate()
        : base("generate", "Continues a text, also with latents clamped.")
    {
        Arguments.Add(_model);
        Arguments.Add(_prompt);
        _sampling.AddTo(this);
        Options.Add(_weights);
        Options.Add(_process);
        Options.Add(_clamps);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid generate stories260k \"Once upon a time\" --max-tokens 40",
        "pellucid generate stories260k \"\" --temperature 0.8 --top-k 40 --top-p 0.9 --seed 7 --json",
        "pellucid generate stories260k \"Once upon a time\" --weights bf16",
        "pellucid generate stories260k \"Once upon a time\" --clamp out/dictionary:3=2",
    ];

    internal override string Json =>
        """
        {"prompt","text","ids","tokens_per_second"}: text is the continuation alone, ids its token ids; a model without a tokenizer starts
        from BOS alone, and text is null.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string prompt = parse.GetRequiredValue(_prompt);
        OpenOptions open = (parse.GetValue(_weights) ?? new OpenOptions()) with { Processing = parse.GetValue(_process) };
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), open, cancellationToken);
        IReadOnlyList<Intervention> interventions = Clamp.Open(parse.GetRequiredValue(_clamps), model);
        GenerateOptions options = _sampling.Read(parse, cancellationToken);
        GenerateResult result = Continue(model.With(interventions), prompt, options, terminal);
        terminal.Write("\n");
        terminal.Print(result, CliJson.Documents.GenerateResult);
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{Values.Count(result.Ids.Count, "token")}, {result.TokensPerSecond:0} a second"));
    }

    private static GenerateResult Continue(Model model, string prompt, GenerateOptions options, Terminal terminal)
    {
        long started = Stopwatch.GetTimestamp();
        List<GeneratedPiece> pieces = [];
        foreach (GeneratedPiece piece in prompt.Length == 0 && model.Config.BosId is { } bos ? model.GenerateStream([bos], options) : model.GenerateStream(prompt, options))
        {
            terminal.Write(model.Tokenizer is not null ? piece.Text : piece.Id is { } id ? $"{(pieces.Count > 0 ? "," : "")}{id}" : "");
            pieces.Add(piece);
        }

        int[] ids = [.. pieces.Select(piece => piece.Id).OfType<int>()];
        string? text = model.Tokenizer is null ? null : string.Concat(pieces.Select(piece => piece.Text));
        return new GenerateResult(prompt, text, ids, ids.Length / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9));
    }
}
