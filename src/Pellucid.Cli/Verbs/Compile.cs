using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Cli.Verbs;

/// <summary>What <c>compile --json</c> prints.</summary>
internal sealed record CompileResult(
    string Program,
    int Layers,
    int DModel,
    IReadOnlyList<string> Blocks,
    double MaxError,
    int Checked,
    CompileCircuit Circuit,
    string Variant,
    double Accuracy,
    IReadOnlyList<CompilePart>? Parts);

/// <summary>The circuit that computes a program.</summary>
internal sealed record CompileCircuit(IReadOnlyList<string> Nodes, IReadOnlyList<CompileEdge> Edges);

/// <summary>An edge of the circuit.</summary>
internal sealed record CompileEdge(string Source, string Target);

/// <summary>What a part of a trained network does when it is given what it computes on another input.</summary>
internal sealed record CompilePart(string Node, bool InCircuit, double Accuracy);

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
    private readonly Option<int?> _compress = Values.Parsed<int?>(
        "--compress", "D", "Squeeze the residual stream into D dimensions, so that variables share them; takes a minute.", null, "a whole number of at least 1", text =>
            (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1, value));

    private readonly Option<bool> _train = new("--train")
    {
        Description = "Train a network whose parts do what those of the compiled one do, by interchange interventions; takes a minute.",
    };

    private readonly Option<long> _seed = Values.Seed();
    private readonly Option<bool> _text = new("--text") { Description = "Show the text of a built-in program, and compile nothing." };
    private readonly Option<string> _out = OutFolder.Option("Folder for the network: a model with truth.json.", "");

    internal Compile()
        : base("compile", $"Makes a transformer of a RASP program, whose mechanism is known. Built-in programs: {BuiltIns()}.")
    {
        Arguments.Add(_program);
        Options.Add(_vocabulary);
        Options.Add(_length);
        Options.Add(_causal);
        Options.Add(_compress);
        Options.Add(_train);
        Options.Add(_seed);
        Options.Add(_text);
        Options.Add(_out);
        Validators.Add(Check);
    }

    internal override IReadOnlyList<string> Examples { get; } =
    [
        "pellucid compile reverse --out out/reverse",
        "pellucid compile histogram --vocabulary a,b,c --length 8 --out out/histogram --json",
        "pellucid compile fraction-of-previous --compress 8 --seed 1 --out out/squeezed",
        "pellucid compile sort-unique --train --out out/trained --json",
        "pellucid compile reverse --text",
    ];

    internal override string Json =>
        """
        {"program","layers","d_model","blocks":["A1","M12",...],"max_error","checked","circuit":{"nodes":[...],"edges":[{"source","target"}]},
         "variant","accuracy","parts"}:
        A is an attention block with its heads, M an MLP block with its hidden units; max_error is the largest difference from the program on
        checked inputs, all where there are at most 5,000. A node is input, a0.h1 (a head), m3 (an MLP) or logits; a target is a node, or a
        head's input as a1.h0<q>. variant is compiled, compressed or trained, accuracy the part of outputs that decode to the program's. parts is
        null but with --train: [{"node","in_circuit","accuracy"}], the part of outputs that are right after the node was given what it computes on
        another input: as the program says with the node's variables set, or, outside of the circuit, unchanged. With --text {"program","text"}.
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
        bool again = await IsSameAsync(folder, program.Name, options, parse, cancellationToken);
        CompileResult result = await terminal.WithProgressAsync("compile", async progress =>
        {
            using CompiledProgram network = await Task.Run(() => Make(program, options, parse, progress, cancellationToken), cancellationToken);
            CompileResult described = await Task.Run(() => Describe(network, cancellationToken), cancellationToken);
            await network.SaveAsync(folder, again, cancellationToken);
            return described;
        });
        terminal.Table(["network", "value#"], Rows(result));
        terminal.Print(result, CliJson.Documents.CompileResult);
    }

    private CompiledProgram Make(RaspProgram program, CompileOptions options, ParseResult parse, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var compiled = CompiledProgram.Compile(program, options);
        if (!parse.GetValue(_train) && parse.GetValue(_compress) is null)
        {
            return compiled;
        }

        using (compiled)
        {
            long seed = parse.GetValue(_seed);
            return parse.GetValue(_compress) is { } dimensions
                ? ProgramCompressor.Compress(compiled, new CompressionOptions { Dimensions = dimensions, Seed = seed }, progress, cancellationToken)
                : InterchangeTrainer.Train(compiled, new InterchangeTrainingOptions { Seed = seed }, progress, cancellationToken);
        }
    }

    private static CompileResult Describe(CompiledProgram network, CancellationToken cancellationToken)
    {
        CheckResult check = network.Check(new CheckOptions { CancellationToken = cancellationToken });
        CompiledTruth truth = network.Truth;
        IReadOnlyList<CompilePart>? parts = null;
        if (truth.Variant == ProgramVariant.Trained)
        {
            InterchangeCheckResult found = InterchangeCheck.Run(network, cancellationToken: cancellationToken);
            parts = [.. found.Inside.Select(part => new CompilePart(part.Node, true, part.Accuracy)), .. found.Outside.Select(part => new CompilePart(part.Node, false, part.Accuracy))];
        }

        return new CompileResult(
            network.Program.Name,
            network.Model.Config.Layers,
            network.Model.Config.DModel,
            truth.Blocks,
            check.MaxError,
            check.Checked,
            new CompileCircuit(truth.Circuit.Nodes, [.. truth.Circuit.Edges.Select(edge => new CompileEdge(edge.Source, edge.Target))]),
            truth.Variant.ToString().ToLowerInvariant(),
            check.Accuracy,
            parts);
    }

    private static IEnumerable<string[]> Rows(CompileResult result)
    {
        yield return ["program", result.Program];
        yield return ["blocks", string.Join(' ', result.Blocks)];
        yield return ["layers", $"{result.Layers}"];
        yield return ["d_model", $"{result.DModel}"];
        yield return ["circuit", $"{result.Circuit.Nodes.Count} nodes, {result.Circuit.Edges.Count} edges"];
        yield return ["largest error", string.Create(CultureInfo.InvariantCulture, $"{result.MaxError:0.0e+0} on {result.Checked} inputs")];
        if (result.Variant != "compiled")
        {
            yield return ["variant", result.Variant];
            yield return ["outputs that decode rightly", string.Create(CultureInfo.InvariantCulture, $"{result.Accuracy:0.0000}")];
        }

        foreach (CompilePart part in result.Parts ?? [])
        {
            yield return [$"{part.Node} {(part.InCircuit ? "exchanged, as the program says" : "exchanged, unchanged")}", string.Create(CultureInfo.InvariantCulture, $"{part.Accuracy:0.000}")];
        }
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

        if (!IsGiven(_out))
        {
            result.AddError("Give --out DIR, the folder for the network.");
        }
        else if (result.GetValue(_train) && IsGiven(_compress))
        {
            result.AddError("Give --compress or --train, not both.");
        }
        else if (!IsBuiltIn(name) && File.Exists(name) && !(IsGiven(_vocabulary) && IsGiven(_length)))
        {
            result.AddError("A program from a file needs --vocabulary and --length.");
        }

        // Asked of the command line, not of the values: one that is missing or malformed has an error of its own, and no value.
        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
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

    /// <summary>Whether the folder holds what is about to be written; false where it holds no model.</summary>
    /// <exception cref="PellucidException">It holds another one.</exception>
    private async Task<bool> IsSameAsync(string folder, string program, CompileOptions options, ParseResult parse, CancellationToken cancellationToken)
    {
        if (!OutFolder.HoldsModel(folder))
        {
            return false;
        }

        int? dimensions = parse.GetValue(_compress);
        ProgramVariant variant = parse.GetValue(_train) ? ProgramVariant.Trained : dimensions is null ? ProgramVariant.Compiled : ProgramVariant.Compressed;
        using CompiledProgram there = await OpenAsync(folder, cancellationToken);
        return there.Program.Name == program && there.Truth.Variant == variant && (dimensions ?? there.Model.Config.DModel) == there.Model.Config.DModel
            && (there.Options.Length, there.Options.Causal) == (options.Length, options.Causal)
            && there.Options.Vocabulary.SequenceEqual(options.Vocabulary)
            ? true
            : throw new PellucidException($"Folder '{folder}' holds '{there.Program.Name}', compiled with other options or of another program. Choose another --out.");
    }

    private static async Task<CompiledProgram> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await CompiledProgram.OpenAsync(folder, cancellationToken);
        }
        catch (BadFileException)
        {
            throw OutFolder.HoldsAnotherModel(folder);
        }
    }
}
