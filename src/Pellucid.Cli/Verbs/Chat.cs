using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>chat --json</c> prints.</summary>
internal sealed record ChatResult(string Model, IReadOnlyList<ChatTurnMessage> Messages, IReadOnlyList<ChatAnswer> Answers);

/// <summary>One message.</summary>
internal sealed record ChatTurnMessage(string Role, string Content);

/// <summary>How one answer was made.</summary>
internal sealed record ChatAnswer(int Tokens, double TokensPerSecond, string Stop);

/// <summary><c>pellucid chat</c>: talks with a model that was trained to.</summary>
internal sealed class Chat : Verb
{
    private const long LongestTemplate = 1 << 20;

    private readonly Argument<string> _model = Values.Model();
    private readonly Option<string?> _system = new("--system") { HelpName = "TEXT", Description = "What the model is told before the chat begins." };
    private readonly Option<string?> _message = new("--message") { HelpName = "TEXT", Description = "Say this alone, and read nothing from standard input." };
    private readonly Option<string?> _template = new("--template") { HelpName = "FILE", Description = "A chat template in place of the model's own." };
    private readonly Sampling _sampling = new(maxTokens: 256);
    private readonly Option<OpenOptions?> _weights = Values.Weights();

    internal Chat()
        : base("chat", "Talks with a model: each line of standard input is a turn.")
    {
        Arguments.Add(_model);
        Options.Add(_system);
        Options.Add(_message);
        Options.Add(_template);
        _sampling.AddTo(this);
        Options.Add(_weights);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid chat tinyllama-1.1b-chat",
        "pellucid chat tinyllama-1.1b-chat --system \"Answer in one sentence.\" --message \"Why is the sky blue?\" --json",
        "pellucid chat ./model --temperature 0.7 --top-k 40 --top-p 0.95 --seed 3",
    ];

    internal override string Json =>
        """
        {"model","messages":[{"role","content"}],"answers":[{"tokens","tokens_per_second","stop"}]}: the whole chat, and how each answer was made;
        stop is stop_token, stop_text, length (--max-tokens, or the context) or interrupted.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(_model);
        ChatTemplate? template = parse.GetValue(_template) is { } file ? ReadTemplate(file) : null;
        using Model model = await Model.OpenAsync(name, parse.GetValue(_weights) ?? new OpenOptions(), cancellationToken);
        if (template is null && model.Tokenizer is not null && model.ChatTemplate is null)
        {
            throw new PellucidException(!model.Config.IsCausal || !model.Config.HasUnembedding
                ? $"Model '{name}' reads texts and does not continue them, so it cannot chat. Embed texts with it: pellucid embed {name} TEXT"
                : $"Model '{name}' has no chat template, so it was probably not trained to chat. Give one with --template FILE, or continue a text: pellucid generate {name} TEXT");
        }

        ChatSession chat = new(model, template);
        if (parse.GetValue(_system) is { } system)
        {
            chat.Messages.Add(new ChatMessage("system", system));
        }

        List<ChatAnswer> answers = [];
        GenerateOptions options = _sampling.Read(parse, cancellationToken);
        if (parse.GetValue(_message) is { } message)
        {
            answers.Add(await AnswerAsync(chat, message, options, terminal, cancellationToken));
        }
        else
        {
            await TalkAsync(chat, answers, options, terminal, cancellationToken);
        }

        ChatTurnMessage[] messages = [.. chat.Messages.Select(said => new ChatTurnMessage(said.Role, said.Content ?? ""))];
        terminal.Print(new ChatResult(name, messages, answers), CliJson.Documents.ChatResult);
    }

    private static async Task TalkAsync(ChatSession chat, List<ChatAnswer> answers, GenerateOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        if (terminal.IsTyped)
        {
            terminal.Note($"A chat with {chat.Model.Name}. Ctrl-C stops an answer, twice the chat; Ctrl-D ends it.");
        }

        while (await terminal.ReadLineAsync("> ", cancellationToken) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                // Turns draw from streams of their own; the first one's is that of --message.
                answers.Add(await AnswerAsync(chat, line, options with { Seed = options.Seed + answers.Count }, terminal, cancellationToken));
            }
        }
    }

    private static async Task<ChatAnswer> AnswerAsync(ChatSession chat, string message, GenerateOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int tokens = 0;
        string stop = "interrupted";
        bool ended = await terminal.WithInterruptionAsync(
            token =>
            {
                foreach (GeneratedPiece piece in chat.Stream(message, options with { CancellationToken = token }))
                {
                    terminal.Write(piece.Text);
                    tokens += piece.Id is null ? 0 : 1;
                    stop = piece.Stop switch
                    {
                        StopReason.StopToken => "stop_token",
                        StopReason.StopText => "stop_text",
                        StopReason.Length => "length",
                        _ => stop,
                    };
                }
            }, cancellationToken);
        ChatAnswer answer = new(tokens, tokens / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9), stop);
        terminal.Write("\n");
        terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{Values.Count(tokens, "token")}, {answer.TokensPerSecond:0.0} a second{(ended ? "" : ", interrupted")}"));
        return answer;
    }

    private static ChatTemplate ReadTemplate(string file)
    {
        try
        {
            return new FileInfo(file).Length > LongestTemplate
                ? throw new BadFileException(file, $"it has {new FileInfo(file).Length} bytes; a chat template has at most {LongestTemplate}", "Give the template's text alone")
                : ChatTemplate.Parse(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(file, $"it cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Check the path and its permissions", error);
        }
    }
}
