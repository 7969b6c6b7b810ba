using System.CommandLine;
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
    private readonly Option<int> _maxTokens = Values.Integer("--max-tokens", "Most tokens to add.", 60);
    private readonly Option<double> _temperature = Values.Number("--temperature", "0 takes the likeliest token, more samples more freely.", 0, 0);
    private readonly Option<double> _topP = Values.Number("--top-p", "Sample from the smallest set of tokens with this share of the probability.", 1, 0, 1);
    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<OpenOptions?> _weights = Values.Weights();
    private readonly Option<WeightProcessing?> _process = Values.Processing();
    private readonly Option<Clamp[]> _clamps = Clamp.Option();

    internal Generate()
        : base("generate", "Continues a text, also with latents clamped.")
    {
        Arguments.Add(_model);
        Arguments.Add(_prompt);
        Options.Add(_maxTokens);
        Options.Add(_temperature);
        Options.Add(_topP);
        Options.Add(_seed);
        Options.Add(_weights);
        Options.Add(_process);
        Options.Add(_clamps);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid generate stories260k \"Once upon a time\" --max-tokens 40",
        "pellucid generate stories260k \"\" --temperature 0.8 --top-p 0.9 --seed 7 --json",
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
        GenerateOptions options = new()
        {
            MaxTokens = parse.GetValue(_maxTokens),
            Temperature = parse.GetValue(_temperature),
            TopP = parse.GetValue(_topP),
            Seed = parse.GetValue(_seed),
            CancellationToken = cancellationToken,
        };
        Generated generated = Continue(model.With(interventions), prompt, options);
        GenerateResult result = new(prompt, model.Tokenizer is null ? null : generated.Text, generated.Ids, generated.TokensPerSecond);
        terminal.Print(result, CliJson.Documents.GenerateResult, result.Text ?? string.Join(',', result.Ids));
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{result.Ids.Count} tokens, {result.TokensPerSecond:0} a second"));
    }

    private static Generated Continue(Model model, string prompt, GenerateOptions options) =>
        prompt.Length == 0 && model.Config.BosId is { } bos ? model.Generate([[bos]], options)[0] : model.Generate(prompt, options);
}
