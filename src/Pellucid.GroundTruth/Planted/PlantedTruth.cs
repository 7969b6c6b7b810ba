using System.Text.Json;
using Pellucid.GroundTruth.Planted;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth;

/// <summary>
/// What is known of planted activations on disk: <c>truth.json</c> (kind <c>activations</c>) and <c>truth.safetensors</c> beside a store of
/// them. Immutable. Owns its arrays until disposed.
/// </summary>
public sealed class PlantedTruth : IDisposable
{
    /// <summary>The file that says what is known.</summary>
    public const string FileName = "truth.json";

    /// <summary>The file of its arrays.</summary>
    public const string ArraysName = "truth.safetensors";

    private const string Kind = "activations";
    private const int LongestFile = 1 << 26;
    private const int RowsAtOnce = 1 << 14;

    private PlantedTruth(TruthOfActivations facts, Tensor directions, Tensor mean, PlantedCodes codes) =>
        (Options, Tokens, Directions, Mean, Codes) = (facts.Options, facts.Tokens, directions, mean, codes);

    /// <summary>What was planted.</summary>
    public PlantedOptions Options { get; }

    /// <summary>Rows that were made.</summary>
    public long Tokens { get; }

    /// <summary>The true directions, [feature, d].</summary>
    public Tensor Directions { get; }

    /// <summary>What was added to every row, [d].</summary>
    public Tensor Mean { get; }

    /// <summary>The true codes of all rows.</summary>
    public PlantedCodes Codes { get; }

    /// <summary>Writes what is known of the first rows into a folder.</summary>
    /// <param name="planted">The source.</param>
    /// <param name="tokens">How many rows.</param>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <exception cref="PellucidException">There are more than 2³¹ − 1 active features in all, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Write(PlantedActivations planted, long tokens, string folder, CancellationToken cancellationToken = default)
    {
        List<int> starts = [0], features = [];
        List<float> values = [];
        for (long row = 0; row < tokens; row += RowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlantedCodes codes = planted.Codes(row, (int)Math.Min(RowsAtOnce, tokens - row));
            if (features.Count + (long)codes.Features.Count > Array.MaxLength)
            {
                throw new PellucidException($"The true codes of {tokens} rows do not fit one file. Plant fewer rows or active features.");
            }

            int before = features.Count;
            starts.AddRange(codes.Starts.Skip(1).Select(start => start + before));
            features.AddRange(codes.Features);
            values.AddRange(codes.Values);
        }

        using Tensor densities = Tensor.From([.. planted.Densities.Select(density => (float)density)]);
        using Tensor parents = Ints(planted.Parents), startArray = Ints(starts), featureArray = Ints(features);
        using Tensor valueArray = Tensor.From([.. values]);
        SafetensorsFile.Write(
            Path.Combine(folder, ArraysName),
            [
                new("directions", planted.Directions), new("mean", planted.Mean), new("densities", densities), new("parents", parents),
                new("code_starts", startArray), new("code_features", featureArray), new("code_values", valueArray),
            ]);
        TruthOfActivations facts = new(
            Kind, "Rows are sums of few known directions, with a mean and noise.", planted.Options.Seed, planted.Hash, tokens, planted.Options);
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(facts, PlantedJson.Default.TruthOfActivations);
        AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), (byte[])[.. bytes, (byte)'\n']);
    }

    /// <summary>Reads what is known from a folder.</summary>
    /// <exception cref="BadFileException">A file is missing, damaged, or of another kind.</exception>
    public static PlantedTruth Open(string folder)
    {
        TruthOfActivations facts = Facts(Path.Combine(folder, FileName));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, ArraysName));
        long entries = file["code_features"].Shape.Count;
        if (facts.Tokens is < 0 or >= int.MaxValue || entries > int.MaxValue)
        {
            throw Bad(file.Path, $"{facts.Tokens} rows with {entries} values are claimed");
        }

        Require(file, "directions", DType.F32, new Shape(facts.Options.Features, facts.Options.Width));
        Require(file, "mean", DType.F32, new Shape(facts.Options.Width));
        Require(file, "code_starts", DType.I32, new Shape((int)facts.Tokens + 1));
        Require(file, "code_features", DType.I32, new Shape((int)entries));
        Require(file, "code_values", DType.F32, new Shape((int)entries));
        using Tensor starts = file.Read("code_starts"), features = file.Read("code_features"), values = file.Read("code_values");
        PlantedCodes codes = new(starts.AsSpan<int>().ToArray(), features.AsSpan<int>().ToArray(), values.ToArray());
        return IsWhole(codes, facts.Options.Features)
            ? new PlantedTruth(facts, file.Read("directions"), file.Read("mean"), codes)
            : throw Bad(file.Path, "its codes are out of order or of features that do not exist");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directions.Dispose();
        Mean.Dispose();
    }

    private static TruthOfActivations Facts(string path)
    {
        try
        {
            FileInfo info = new(path);
            if (!info.Exists || info.Length > LongestFile)
            {
                throw Bad(path, info.Exists ? $"it has {info.Length} bytes; at most {LongestFile} were expected" : "it does not exist");
            }

            TruthOfActivations facts = JsonSerializer.Deserialize(File.ReadAllBytes(path), PlantedJson.Default.TruthOfActivations) ?? throw new JsonException("null");
            return facts.Kind != Kind ? throw Bad(path, $"it is of kind '{facts.Kind}'; '{Kind}' was expected")
                : facts.Options.Problem() is { } problem ? throw Bad(path, $"it claims {problem}")
                : facts;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Bad(path, $"it is not what is known of planted activations ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", error);
        }
    }

    private static void Require(SafetensorsFile file, string name, DType type, Shape shape)
    {
        SafetensorsEntry entry = file[name];
        if (entry.DType != type || entry.Shape != shape)
        {
            throw Bad(file.Path, $"array '{name}' is {entry.DType} {entry.Shape}; {type} {shape} was expected");
        }
    }

    private static bool IsWhole(PlantedCodes codes, int features)
    {
        if (codes.Starts[0] != 0 || codes.Starts[^1] != codes.Features.Count)
        {
            return false;
        }

        for (int row = 0; row < codes.Rows; row++)
        {
            if (codes.Starts[row + 1] < codes.Starts[row])
            {
                return false;
            }
        }

        return codes.Features.All(feature => feature >= 0 && feature < features) && codes.Values.All(float.IsFinite);
    }

    private static Tensor Ints(IEnumerable<int> values)
    {
        int[] array = [.. values];
        return Tensor.From<int>(array, new Shape(array.Length));
    }

    private static BadFileException Bad(string path, string problem, Exception? error = null) =>
        new(path, problem, "Plant the activations again with 'pellucid plant activations', or give another folder", error);
}
