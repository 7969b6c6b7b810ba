using Pellucid.GroundTruth.Planted;
using Pellucid.GroundTruth.Truths;
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
    public const string FileName = TruthFile.Name;

    /// <summary>The file of its arrays.</summary>
    public const string ArraysName = TruthFile.Arrays;

    private const string Advice = "Plant the activations again with 'pellucid plant activations', or give another folder";
    private const int RowsAtOnce = 1 << 14;

    private static readonly TruthFile Truth = new("activations", "pellucid-planted-activations-1", "planted activations", Advice);

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
            Truth.Format, Truth.Kind, "Rows are sums of few known directions, with a mean and noise.", planted.Options.Seed, planted.Hash, tokens, planted.Options);
        TruthFile.Write(folder, facts, PlantedJson.Default.TruthOfActivations);
    }

    /// <summary>Reads what is known from a folder.</summary>
    /// <exception cref="BadFileException">A file is missing, damaged, or of another kind.</exception>
    public static PlantedTruth Open(string folder)
    {
        TruthOfActivations facts = Truth.Read(folder, PlantedJson.Default.TruthOfActivations, Checked);
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

    private static TruthOfActivations Checked(TruthOfActivations facts) =>
        facts.Options.Problem() is { } problem ? throw new FormatException($"it claims {problem}") : facts;

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

    private static BadFileException Bad(string path, string problem) => new(path, problem, Advice);
}
