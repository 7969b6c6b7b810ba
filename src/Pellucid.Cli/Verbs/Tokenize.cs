using System.CommandLine;
using System.CommandLine.Parsing;
using Pellucid.Cli.Frame;
using Pellucid.Models;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>tokenize --json</c> prints.</summary>
internal sealed record TokenizeResult(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, IReadOnlyList<IReadOnlyList<int>> Offsets);

/// <summary>What <c>tokenize --ids --json</c> prints.</summary>
internal sealed record DetokenizeResult(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, string Text);

/// <summary><c>pellucid tokenize</c>: a text as tokens, and back.</summary>
internal sealed class Tokenize : Verb
{
    private readonly Argument<string> _model = Values.Model();
    private readonly Argument<string?> _text = new("TEXT") { Description = "The text.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int[]?> _ids = Values.Ids("--ids", "Show these token ids as text instead.");
    private readonly Option<bool> _special = new("--special") { Description = "Put the tokens around the text that belong there (BOS; [CLS] and [SEP])." };
    private readonly Option<bool> _plain = new("--plain") { Description = "Take the spellings of special tokens in the text as plain text." };

    internal Tokenize()
        : base("tokenize", "Cuts a text into a model's tokens, with the place of each in it.")
    {
        Arguments.Add(_model);
        Arguments.Add(_text);
        Options.Add(_ids);
        Options.Add(_special);
        Options.Add(_plain);
        Validators.Add(Check);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid tokenize stories260k \"Once upon a time\"",
        "pellucid tokenize stories260k \"Once upon a time\" --json",
        "pellucid tokenize stories260k --ids 403,407,261",
    ];

    internal override string Json =>
        """
        {"ids","tokens","offsets":[[start,end]]}: tokens as the vocabulary spells them; offsets in UTF-16 units of the text, empty (start = end)
        for a token that was put around it. With --ids {"ids","tokens","text"}.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = await Model.OpenTokenizerAsync(parse.GetRequiredValue(_model), cancellationToken);
        if (parse.GetValue(_ids) is { Length: > 0 } ids)
        {
            DetokenizeResult result = new(ids, [.. ids.Select(tokenizer.TokenText)], tokenizer.Decode(ids));
            terminal.Print(result, CliJson.Documents.DetokenizeResult, result.Text);
            return;
        }

        EncodeOptions options = new() { AddSpecial = parse.GetValue(_special), ParseSpecial = !parse.GetValue(_plain) };
        TokenizedText text = tokenizer.Tokenize(parse.GetValue(_text)!, options);
        terminal.Table(["token", "id#", "start#", "end#"], text.Ids.Select((id, at) => (string[])[text.Tokens[at], $"{id}", $"{text.Offsets[at].Start}", $"{text.Offsets[at].End}"]));
        terminal.Note(Values.Count(text.Ids.Count, "token"));
        terminal.Print(
            new TokenizeResult(text.Ids, text.Tokens, [.. text.Offsets.Select(place => (IReadOnlyList<int>)[place.Start, place.End])]), CliJson.Documents.TokenizeResult);
    }

    private void Check(CommandResult result)
    {
        bool text = result.GetResult(_text) is { Implicit: false, Tokens.Count: > 0 };
        bool ids = result.GetResult(_ids) is { Implicit: false };
        if (text == ids)
        {
            result.AddError(text ? "TEXT and --ids exclude each other." : "Give TEXT or --ids.");
        }

        if (ids && (result.GetResult(_special) is { Implicit: false } || result.GetResult(_plain) is { Implicit: false }))
        {
            result.AddError("--special and --plain are for TEXT; --ids are taken as they are.");
        }
    }
}
