using System.Globalization;
using System.Text.Json;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Circuits;

/// <summary>
/// Writes and reads what is known of a compiled network, beside its model: <c>truth.json</c>, and <c>truth.safetensors</c> with the
/// directions of each variable under its name, [value, d_model], and what every position holds under <c>one</c>, [1, d_model].
/// </summary>
internal static class TruthFiles
{
    internal const string Truth = "truth.json", Directions = "truth.safetensors";

    /// <summary>The name of the constant direction, which no variable can have.</summary>
    private const string Constant = "one";

    private const long LongestTruth = 64 << 20;

    private const int MostVariables = 2048, LongestFormat = 60;

    internal static void Write(string folder, CompiledProgram compiled)
    {
        List<KeyValuePair<string, Tensor>> directions = [];
        try
        {
            foreach (TruthVariable variable in compiled.Truth.Variables.Where(variable => variable.Directions.Count > 0))
            {
                float[] values = [.. variable.Directions.SelectMany(direction => direction)];
                directions.Add(new(variable.Name, Tensor.From(values, new Shape(variable.Directions.Count, compiled.Model.Config.DModel))));
            }

            if (compiled.Truth.Constant.Count > 0)
            {
                directions.Add(new(Constant, Tensor.From([.. compiled.Truth.Constant], new Shape(1, compiled.Model.Config.DModel))));
            }

            SafetensorsFile.Write(Path.Combine(folder, Directions), directions);
            AtomicFile.WriteAllText(Path.Combine(folder, Truth), JsonSerializer.Serialize(Document(compiled), TruthJson.Default.TruthDocument) + "\n");
        }
        finally
        {
            directions.ForEach(pair => pair.Value.Dispose());
        }
    }

    internal static CompiledProgram Read(string folder, Model model)
    {
        string path = Path.Combine(folder, Truth);
        try
        {
            TruthDocument document = Parse(path);
            Check(document, model);
            var options = new CompileOptions
            {
                Vocabulary = document.Vocabulary,
                Length = document.Length,
                Causal = document.Causal,
                Bos = document.Bos,
                Pad = document.Pad,
            };
            options.Check();
            RaspProgram program = ProgramTables.Read(document);
            _ = ProgramTables.Write(program, options); // every function of every value that can reach it: what a table lacks is found now
            return new CompiledProgram(program, options, model, ReadTruth(folder, document, model));
        }
        catch (Exception error) when (error is FormatException or JsonException or RaspException or InvalidOperationException) // the last: half of a surrogate pair
        {
            throw new BadFileException(path, $"it is not the truth about the model beside it ({OneLine(error.Message)})", "Compile the program again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadFileException(path, $"it cannot be read ({OneLine(error.Message)})", "Give the folder of a compiled program", error);
        }
    }

    private static TruthDocument Document(CompiledProgram compiled)
    {
        (CompileOptions options, CompiledTruth truth) = (compiled.Options, compiled.Truth);
        IReadOnlyList<OperationDocument> operations = ProgramTables.Write(compiled.Program, options);
        return new TruthDocument
        {
            Format = TruthDocument.ExpectedFormat,
            Program = compiled.Program.Name,
            Variant = compiled.Truth.Variant.ToString().ToLowerInvariant(),
            Text = compiled.Program.Text,
            Vocabulary = [.. options.Vocabulary],
            Length = options.Length,
            Causal = options.Causal,
            Bos = options.Bos,
            Pad = options.Pad,
            Blocks = [.. truth.Blocks],
            Basis = [.. truth.Basis],
            Variables =
            [
                .. truth.Variables.Zip(operations, (variable, operation) => new VariableDocument
                {
                    Name = variable.Name,
                    Encoding = variable.Encoding == ValueEncoding.Numerical ? "numerical" : "categorical",
                    Values = [.. variable.Values],
                    WrittenBy = variable.WrittenBy,
                    CountedBy = variable.CountedBy,
                    ReadBy = [.. variable.ReadBy],
                    Hook = variable.Hook,
                    Operation = operation,
                }),
            ],
            Circuit = new CircuitDocument
            {
                Nodes = [.. truth.Circuit.Nodes],
                Edges = [.. truth.Circuit.Edges.Select(edge => new EdgeDocument { Source = edge.Source, Target = edge.Target })],
            },
        };
    }

    private static TruthDocument Parse(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > LongestTruth)
        {
            throw new FormatException($"it has {stream.Length} bytes; at most {LongestTruth} are read");
        }

        using var json = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
        string format = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("format", out JsonElement named) ? named.ToString() : "";
        return format == TruthDocument.ExpectedFormat
            ? json.RootElement.Deserialize(TruthJson.Default.TruthDocument)!
            : throw new FormatException($"its format is '{format[..Math.Min(format.Length, LongestFormat)]}', '{TruthDocument.ExpectedFormat}' was expected");
    }

    /// <summary>The parts of the lists, each of which must be there: outer lists before those inside them.</summary>
    private static IEnumerable<object?> Parts(TruthDocument document) =>
    [
        .. document.Blocks,
        .. document.Basis,
        .. document.Circuit.Nodes,
        .. document.Circuit.Edges,
        .. document.Variables.SelectMany(variable => variable is null
            ? [null]
            : (IEnumerable<object?>)[.. variable.ReadBy, .. variable.Operation.Inputs ?? [], .. variable.Operation.Selected ?? []]),
    ];

    private static void Check(TruthDocument document, Model model)
    {
        Require(Parts(document).All(part => part is not null), "null in a list");
        ModelConfig config = model.Config;
        Require(document.Vocabulary.Count + 2 == config.Vocabulary, $"{document.Vocabulary.Count} tokens, BOS and PAD for a model of {config.Vocabulary}");
        Require(!string.IsNullOrWhiteSpace(document.Program), "a program without a name");
        Require(Array.Exists(Enum.GetNames<ProgramVariant>(), variant => variant.ToLowerInvariant() == document.Variant), $"the variant '{document.Variant}'");
        Require(document.Length > 0 && document.Length + 1 == config.Context, $"length {document.Length} for a model with a context of {config.Context}");
        Require(document.Variables.Count is > 0 and <= MostVariables, $"{document.Variables.Count} variables, 1 to {MostVariables} were expected");
        Require(document.Basis.Count == 0 || document.Basis.Count == config.DModel, $"{document.Basis.Count} names of directions for a width of {config.DModel}");
        HashSet<string> nodes = new(document.Circuit.Nodes, StringComparer.Ordinal);
        Require(nodes.Count == document.Circuit.Nodes.Count && nodes.All(node => Exists(node, config)), "a node that the model does not have, or twice");
        HashSet<string> inputs = [.. nodes.SelectMany(Circuit.Inputs)];
        foreach (EdgeDocument edge in document.Circuit.Edges)
        {
            Require(nodes.Contains(edge.Source) && inputs.Contains(edge.Target), $"the edge {edge.Source}->{edge.Target} between nodes that are not in the circuit");
        }

        foreach (VariableDocument variable in document.Variables)
        {
            bool isNumerical = variable.Encoding == "numerical";
            Require(!string.IsNullOrWhiteSpace(variable.Name), "a variable without a name");
            Require(isNumerical || variable.Encoding == "categorical", $"the encoding '{variable.Encoding}' of '{variable.Name}'");
            Require(isNumerical == (variable.Values.Count == 0) && variable.Values.Distinct().Count() == variable.Values.Count, $"the values of '{variable.Name}'");
            Require(nodes.Contains(variable.WrittenBy) && nodes.Contains(variable.CountedBy ?? variable.WrittenBy) && variable.ReadBy.All(inputs.Contains), $"a writer or reader of '{variable.Name}' that is not in the circuit");
            Require(model.Hooks.Contains(variable.Hook) && model.Hooks[variable.Hook].Width == config.DModel, $"the hook '{variable.Hook}' of '{variable.Name}'");
        }

        VariableDocument output = document.Variables[^1];
        Require(Math.Max(output.Values.Count, 1) == config.Outputs, $"{output.Values.Count} values of the output for a model of {config.Outputs} outputs");
    }

    private static bool Exists(string node, ModelConfig config)
    {
        if (node is "input" or "logits")
        {
            return true;
        }

        string[] parts = node.Split('.');
        return (parts.Length, node.FirstOrDefault()) switch
        {
            (1, 'm') => Number(parts[0]) < config.Layers,
            (2, 'a') => Number(parts[0]) < config.Layers && parts[1].StartsWith('h') && Number(parts[1]) < config.Heads,
            _ => false,
        };
    }

    private static int Number(string part) =>
        int.TryParse(part.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    private static CompiledTruth ReadTruth(string folder, TruthDocument document, Model model)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, Directions));
        ProgramVariant variant = Variant(document);
        return new CompiledTruth
        {
            Variant = variant,
            Blocks = document.Blocks,
            Basis = document.Basis,
            Constant = variant == ProgramVariant.Trained ? [] : ReadDirections(file, Constant, 1, model.Config.DModel)[0],
            Circuit = new Circuit(document.Circuit.Nodes, [.. document.Circuit.Edges.Select(edge => new CircuitEdge(edge.Source, edge.Target))]),
            Variables =
            [
                .. document.Variables.Select(variable => new TruthVariable
                {
                    Name = variable.Name,
                    Encoding = variable.Encoding == "numerical" ? ValueEncoding.Numerical : ValueEncoding.Categorical,
                    Values = variable.Values,
                    Directions = variant == ProgramVariant.Trained ? [] : ReadDirections(file, variable.Name, Math.Max(variable.Values.Count, 1), model.Config.DModel),
                    WrittenBy = variable.WrittenBy,
                    CountedBy = variable.CountedBy,
                    ReadBy = variable.ReadBy,
                    Hook = variable.Hook,
                }),
            ],
        };
    }

    private static ProgramVariant Variant(TruthDocument document) =>
        Array.Find(Enum.GetValues<ProgramVariant>(), variant => variant.ToString().Equals(document.Variant, StringComparison.OrdinalIgnoreCase));

    private static float[][] ReadDirections(SafetensorsFile file, string variable, int count, int width)
    {
        SafetensorsEntry entry = file[variable];
        if (entry.DType != DType.F32 || entry.Shape.Rank != 2 || entry.Shape[0] != count || entry.Shape[1] != width)
        {
            throw new BadFileException(
                file.Path, $"the directions of '{variable}' are {entry.DType} {entry.Shape}, F32 [{count}, {width}] was expected", "Compile the program again");
        }

        using Tensor values = file.Read(variable);
        return [.. Enumerable.Range(0, count).Select(row => values.Row(row).ToArray())];
    }

    private static void Require(bool condition, string met)
    {
        if (!condition)
        {
            throw new FormatException($"met {met}");
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');
}
