using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>compile --json</c> prints.</summary>
internal sealed record CompileResult(
    string Program,
    int Layers,
    int DModel,
    IReadOnlyList<string> Blocks,
    double MaxError,
    int Checked,
    CompileCircuit Circuit);

/// <summary>The circuit that computes a program.</summary>
internal sealed record CompileCircuit(IReadOnlyList<string> Nodes, IReadOnlyList<CompileEdge> Edges);

/// <summary>An edge of the circuit.</summary>
internal sealed record CompileEdge(string Source, string Target);

/// <summary>What <c>compile --text --json</c> prints.</summary>
internal sealed record CompileTextResult(string Program, string Text);

/// <summary><c>pellucid compile</c>: makes a network of a RASP program.</summary>
internal sealed class Compile : Verb
{
    private readonly Argument<string> _program = Values.Named("PROGRAM", "The name of a built-in program, or a file in RASP's notation.");
    private readonly Option<string[]?> _vocabulary = Values.Parsed(
        "--vocabulary",
        "a,b,c",
        "The tokens; those that read as numbers are numbers. A built-in program has its own.",
        null,
        "tokens with commas between, each once, such as a,b,c",
        ParseVocabulary);

    private readonly Option<int?> _length = Values.Parsed<int?>(
        "--length", "N", "Tokens of the longest input. A built-in program has its own.", null, "a whole number of at least 1", text =>
            (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1, value));

    private readonly Option<bool> _causal = new("--causal") { Description = "Let no position attend to later ones." };
    private readonly Option<bool> _text = new("--text") { Description = "Show the text of a built-in program, and compile nothing." };
    private readonly Option<string> _out = OutFolder.Option("Folder for the network: a model with truth.json.", "");

    internal Compile()
        : base("compile", $"Makes a transformer of a RASP program, whose mechanism is known. Built-in programs: {BuiltIns()}.")
    {
        Arguments.Add(_program);
        Options.Add(_vocabulary);
        Options.Add(_length);
        Options.Add(_causal);
        Options.Add(_text);
        Options.Add(_out);
        Validators.Add(Check);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid compile reverse --out out/reverse",
        "pellucid compile histogram --vocabulary a,b,c --length 8 --out out/histogram --json",
        "pellucid compile reverse --text",
    ];

    internal override string Json =>
        """
        {"program","layers","d_model","blocks":["A1","M12",...],"max_error","checked","circuit":{"nodes":[...],"edges":[{"source","target"}]}}:
        A is an attention block with its heads, M an MLP block with its hidden units; max_error is the largest difference from the program on
        checked inputs, all where there are at most 5,000. A node is input, a0.h1 (a head), m3 (an MLP) or logits; a target is a node, or a
        head's input as a1.h0<q>. With --text {"program","text"}.
        """;

    internal override async Task ExecuteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(_program);
        if (parse.GetValue(_text))
        {
            string text = RaspText.OfBuiltIn(name);
            terminal.Print(new CompileTextResult(name, text), CliJson.Documents.CompileTextResult, text.TrimEnd());
            return;
        }

        string folder = parse.GetRequiredValue(_out);
        OutFolder.Require(folder, OutFolder.Network);
        CompileOptions options = CompileOptionsOf(parse, name);
        RaspProgram program = IsBuiltIn(name) ? BuiltInPrograms.Get(name).Create(options) : RaspText.Read(name, options);
        bool again = await IsSameAsync(folder, program.Name, options, cancellationToken);
        CompileResult result = await terminal.WithProgressAsync("compile", async _ =>
        {
            using CompiledProgram compiled = await Task.Run(() => CompiledProgram.Compile(program, options), cancellationToken);
            CheckResult check = await Task.Run(() => compiled.Check(new CheckOptions { CancellationToken = cancellationToken }), cancellationToken);
            await compiled.SaveAsync(folder, again, cancellationToken);
            return Describe(compiled, check);
        });
        terminal.Table(["network", "value#"], Rows(result));
        terminal.Print(result, CliJson.Documents.CompileResult);
    }

    private static CompileResult Describe(CompiledProgram compiled, CheckResult check) => new(
        compiled.Program.Name,
        compiled.Model.Config.Layers,
        compiled.Model.Config.DModel,
        compiled.Truth.Blocks,
        check.MaxError,
        check.Checked,
        new CompileCircuit(compiled.Truth.Circuit.Nodes, [.. compiled.Truth.Circuit.Edges.Select(edge => new CompileEdge(edge.Source, edge.Target))]));

    private static IEnumerable<string[]> Rows(CompileResult result)
    {
        yield return ["program", result.Program];
        yield return ["blocks", string.Join(' ', result.Blocks)];
        yield return ["layers", $"{result.Layers}"];
        yield return ["d_model", $"{result.DModel}"];
        yield return ["circuit", $"{result.Circuit.Nodes.Count} nodes, {result.Circuit.Edges.Count} edges"];
        yield return ["largest error", string.Create(CultureInfo.InvariantCulture, $"{result.MaxError:0.0e+0} on {result.Checked} inputs")];
    }

    private static string BuiltIns() => string.Join(", ", BuiltInPrograms.Programs.Select(program => program.Name));

    private static bool IsBuiltIn(string name) => BuiltInPrograms.Programs.Any(program => program.Name == name);

    private static (bool Good, string[]? Value) ParseVocabulary(string text)
    {
        string[] tokens = [.. text.Split(',').Select(token => token.Trim())];
        return (tokens.All(token => token.Length > 0) && tokens.Distinct().Count() == tokens.Length, tokens);
    }

    private void Check(CommandResult result)
    {
        string? name = result.GetResult(_program) is { Tokens: [var token, ..] } ? token.Value : null;
        if (name is null || result.GetValue(_text))
        {
            return;
        }

        if (string.IsNullOrEmpty(result.GetValue(_out)))
        {
            result.AddError("Give --out DIR, the folder for the network.");
        }
        else if (!IsBuiltIn(name) && File.Exists(name) && (result.GetValue(_vocabulary) is not { Length: > 0 } || result.GetValue(_length) is null))
        {
            result.AddError("A program from a file needs --vocabulary and --length.");
        }
    }

    private CompileOptions CompileOptionsOf(ParseResult parse, string name)
    {
        CompileOptions? own = IsBuiltIn(name) ? BuiltInPrograms.Get(name).Options : null;
        if (own is null && !File.Exists(name))
        {
            string near = string.Join(", ", Spelling.Nearest(name, BuiltInPrograms.Programs.Select(program => program.Name)));
            throw new PellucidException($"There is no built-in program and no file '{name}'. Nearest: {near}. All are in --help.");
        }

        return new CompileOptions
        {
            Vocabulary = parse.GetValue(_vocabulary) is { Length: > 0 } tokens ? [.. tokens.Select(Words.Read)] : own!.Vocabulary,
            Length = parse.GetValue(_length) ?? own!.Length,
            Causal = parse.GetValue(_causal),
        };
    }

    /// <summary>Whether the folder holds what is about to be written; false where it holds no network of this kind.</summary>
    /// <exception cref="PellucidException">It holds another one.</exception>
    private static async Task<bool> IsSameAsync(string folder, string program, CompileOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, "truth.json")))
        {
            return false;
        }

        using CompiledProgram there = await CompiledProgram.OpenAsync(folder, cancellationToken);
        return there.Program.Name == program
            && (there.Options.Length, there.Options.Causal) == (options.Length, options.Causal)
            && there.Options.Vocabulary.SequenceEqual(options.Vocabulary)
            ? true
            : throw new PellucidException($"Folder '{folder}' holds '{there.Program.Name}', compiled with other options or of another program. Choose another --out.");
    }
}
