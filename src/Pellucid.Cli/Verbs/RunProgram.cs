using System.CommandLine;
using System.Text.Json.Nodes;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>program --json</c> prints.</summary>
internal sealed record RunProgramResult(IReadOnlyList<JsonNode?> Output);

/// <summary><c>pellucid program</c>: runs a compiled network on tokens.</summary>
internal sealed class RunProgram : Verb
{
    private readonly Argument<string> _model = Values.Named("MODEL", "Folder that 'pellucid compile' wrote.");
    private readonly Argument<string[]> _tokens = new("TOKENS") { Description = "Tokens of its vocabulary, with commas or spaces between.", Arity = ArgumentArity.OneOrMore };

    internal RunProgram()
        : base("program", "Runs a compiled program's network on tokens.")
    {
        Arguments.Add(_model);
        Arguments.Add(_tokens);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid program out/reverse a,b,c",
        "pellucid program out/reverse \"a b c\" --json",
    ];

    internal override string Json =>
        """
        {"output":[...]}: one value a position: a number, a string, true or false; null where the program leaves it undefined.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetRequiredValue(_model);
        if (!File.Exists(Path.Combine(folder, "truth.json")))
        {
            string why = Directory.Exists(folder) ? "has no truth.json" : "is no folder";
            throw new PellucidException($"'{folder}' {why}, so it is no compiled program. Give a folder that 'pellucid compile' wrote.");
        }

        using CompiledProgram compiled = await CompiledProgram.OpenAsync(folder, cancellationToken);
        IReadOnlyList<Value> tokens = Words.Split(parse.GetRequiredValue(_tokens), compiled.Options.Vocabulary);
        IReadOnlyList<Value> output = compiled.Run(tokens);
        bool measured = compiled.Truth.Output.Encoding == ValueEncoding.Numerical;
        terminal.Print(new RunProgramResult([.. output.Select(value => Words.Json(value, measured))]), CliJson.Documents.RunProgramResult, string.Join(' ', output));
    }
}
