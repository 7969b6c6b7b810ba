using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>run --json</c> prints.</summary>
internal sealed record RunResult(IReadOnlyList<int> Ids, IReadOnlyList<string>? Tokens, double Loss, IReadOnlyList<TopToken> Top);

/// <summary>A token that the model expects next.</summary>
internal sealed record TopToken(string? Token, int Id, double Probability);

/// <summary><c>pellucid run</c>: one pass over a text or over token ids.</summary>
internal sealed class RunText : Verb
{
    private const int TopCount = 10;

    private readonly Argument<string> _model = Values.Model();
    private readonly Option<string?> _text = new("--text") { HelpName = "T", Description = "The text; BOS goes in front where the model was trained with it." };
    private readonly Option<int[]?> _ids = Values.Ids("--ids", "Token ids, taken as they are, without BOS.");
    private readonly Option<bool> _noBos = new("--no-bos") { Description = "Put no BOS in front of the text." };
    private readonly Option<string[]> _capture = new("--capture") { HelpName = "HOOK ...", Description = "Activations to write to --out, spaces or commas between.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<PositionChoice?> _positions = PositionChoice.Option();
    private readonly Option<OpenOptions?> _weights = Values.Weights();
    private readonly Option<WeightProcessing?> _process = Values.Processing();
    private readonly Option<string?> _out = new("--out") { HelpName = "FILE.safetensors", Description = "Where logits and captured activations go, as float32 [batch, pos, ...]." };

    internal RunText()
        : base("run", "Runs a model on a text and shows what it predicts.")
    {
        Arguments.Add(_model);
        Options.Add(_text);
        Options.Add(_ids);
        Options.Add(_noBos);
        Options.Add(_capture);
        Options.Add(_positions);
        Options.Add(_out);
        Options.Add(_weights);
        Options.Add(_process);
        Validators.Add(Check);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid run stories260k --text \"Once upon a time\"",
        "pellucid run stories260k --text \"Once upon a time\" --process standard",
        "pellucid run stories260k --ids 1,403,407 --capture blocks.2.mlp.hook_post --out run.safetensors --json",
        "pellucid run stories260k --text \"Once upon a time\" --capture blocks.2.hook_resid_post --positions last --out run.safetensors",
    ];

    internal override string Json =>
        """
        {"ids","tokens","loss","top":[{"token","id","probability"}]}: ids with BOS; loss the mean in nats over predicted tokens, null where
        there is none; top the ten likeliest next tokens. tokens and token are null for a model without a tokenizer. Where a model's outputs
        are not its tokens, top has the likeliest outputs of the last position, loss and token are null; where it attends both ways, loss is
        null and top has the likeliest tokens at the last position itself; where it has no logits, top is empty.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        OpenOptions open = (parse.GetValue(_weights) ?? new OpenOptions()) with { Processing = parse.GetValue(_process) };
        using Model model = await Model.OpenAsync(parse.GetRequiredValue(_model), open, cancellationToken);
        string[] hooks = [.. (parse.GetValue(_capture) ?? []).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries)).Distinct()];
        RunOptions options = new() { Capture = parse.GetValue(_positions)?.Of(Capture.Of(hooks)) ?? Capture.Of(hooks), CancellationToken = cancellationToken };
        using Run run = model.Run(TokenBatch.Of(Ids(parse, model)), options);
        RunResult result = Describe(model, run);
        if (parse.GetValue(_out) is { } path)
        {
            Write(path, model, run, hooks);
        }

        if (result.Top.Count > 0)
        {
            Show(terminal, model, result);
        }

        terminal.Note($"{Values.Count(result.Ids.Count, "token")}, {Loss(model.Config, result.Loss)}");
        terminal.Print(result, CliJson.Documents.RunResult);
    }

    private static void Show(Terminal terminal, Model model, RunResult result)
    {
        string heading = model.Config.OutputVocabulary is not null ? "output" : model.Config.IsCausal ? "next token" : "token at the last place";
        string[] columns = ["id#", "probability#"];
        IEnumerable<string[]> rows = result.Top.Select(top => (string[])[$"{top.Id}", top.Probability.ToString("0.0000", CultureInfo.InvariantCulture)]);
        bool named = result.Top[0].Token is not null;
        terminal.Table(
            named ? [heading, .. columns] : [$"{heading}, {columns[0]}", columns[1]],
            named ? result.Top.Zip(rows, (top, row) => (string[])[top.Token!, .. row]) : rows);
    }

    private static string Loss(ModelConfig config, double loss) =>
        !config.HasUnembedding ? "no logits: an encoder of texts, whose activations --capture writes"
        : config is { IsCausal: false, OutputVocabulary: null } ? "no loss: it attends both ways, and sees each token that it could predict"
        : double.IsNaN(loss) ? "no predicted token"
        : string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.0000} nats");

    private static RunResult Describe(Model model, Run run)
    {
        string[]? tokens = model.Tokenizer is { } tokenizer ? [.. run.Tokens.Ids.Select(tokenizer.TokenText)] : null;

        // Where a network sees the token that it gives a probability, that is no loss of a prediction.
        bool predicts = model.Config is { HasUnembedding: true, IsCausal: true, OutputVocabulary: null };
        return new RunResult(run.Tokens.Ids, tokens, predicts ? run.Loss() : double.NaN, model.Config.HasUnembedding ? Likeliest(model, run) : []);
    }

    private static TopToken[] Likeliest(Model model, Run run)
    {
        using Ops ops = new();
        Tokenizer? predicted = model.Config.OutputVocabulary is null ? model.Tokenizer : null;
        using Tensor last = run.Logits.Slice(1, run.Tokens.Positions - 1, 1);
        float[] probabilities = ops.Softmax(last).ToArray();
        return
        [
            .. Enumerable.Range(0, probabilities.Length).OrderByDescending(id => probabilities[id]).ThenBy(id => id).Take(TopCount)
                .Select(id => new TopToken(predicted?.TokenText(id), id, probabilities[id])),
        ];
    }

    private static void Write(string path, Model model, Run run, string[] hooks)
    {
        List<KeyValuePair<string, Tensor>> tensors = [];
        try
        {
            if (model.Config.HasUnembedding)
            {
                tensors.Add(new("logits", run.Logits.To(DType.F32)));
            }

            tensors.AddRange(hooks.Select(hook => new KeyValuePair<string, Tensor>(hook, run[hook].To(DType.F32))));
            Dictionary<string, string> metadata = new()
            {
                ["model"] = model.Name,
                ["model_hash"] = model.Hash,
                ["ids"] = string.Join(',', run.Tokens.Ids),
                ["program"] = ProgramVersion.Current.ToString(),
            };
            if (model.Config.Processing.Recorded is { } processing)
            {
                metadata["weight_processing"] = processing;
            }

            SafetensorsFile.Write(path, tensors, metadata);
        }
        finally
        {
            tensors.ForEach(pair => pair.Value.Dispose());
        }
    }

    private IReadOnlyList<int> Ids(ParseResult parse, Model model) => (parse.GetValue(_ids), parse.GetValue(_text)) switch
    {
        ({ Length: > 0 } ids, _) => ids,
        (_, { } text) when parse.GetValue(_noBos) && model.Tokenizer is { } tokenizer => tokenizer.Encode(text),
        (_, var text) => model.Tokenize(text!),
    };

    private void Check(CommandResult result)
    {
        bool text = result.GetResult(_text) is not null;
        bool ids = result.GetResult(_ids) is { Implicit: false };
        if (text == ids)
        {
            result.AddError(text ? "--text and --ids exclude each other." : "Give --text or --ids.");
        }

        if (result.GetResult(_capture) is { Implicit: false } && result.GetResult(_out) is null)
        {
            result.AddError("--capture needs --out FILE.safetensors, where the activations go.");
        }

        if (result.GetResult(_positions) is { Implicit: false } && result.GetResult(_capture) is not { Implicit: false })
        {
            result.AddError("--positions needs --capture HOOK, whose positions they are.");
        }
    }
}
