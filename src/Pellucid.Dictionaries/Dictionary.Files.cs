using System.Text.Json;
using Pellucid.Activations;
using Pellucid.Dictionaries.Files;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries;

public sealed partial class Dictionary
{
    internal const string ConfigName = "cfg.json";
    internal const string WeightsName = "sae_weights.safetensors";
    internal const string SparsityName = "sparsity.safetensors";
    internal const string StatisticsName = "statistics.safetensors";
    internal const string InputsName = "input_statistics.safetensors";
    private const int LongestConfig = 1 << 20;
    private const float NeverActive = 1e-10f; // SAELens adds it before the logarithm

    /// <summary>Where it comes from, where that was saved with it.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>Reads a dictionary in SAELens's layout, with the statistics that were saved beside it, if any.</summary>
    /// <param name="folder">Holds <c>cfg.json</c> and <c>sae_weights.safetensors</c>.</param>
    /// <exception cref="BadFileException">A file is missing or damaged, or asks for what cannot be computed; the message says what can.</exception>
    public static Dictionary Load(string folder)
    {
        DictionaryConfig config = ReadConfig(Path.Combine(folder, ConfigName));
        string path = Path.Combine(folder, WeightsName);
        using SafetensorsFile weights = SafetensorsFile.Open(path);
        Tensor[] arrays = ReadAll(
            weights,
            ("W_enc", new Shape(config.DIn, config.DSae)),
            ("b_enc", new Shape(config.DSae)),
            ("W_dec", new Shape(config.DSae, config.DIn)),
            ("b_dec", new Shape(config.DIn)));
        try
        {
            return new Dictionary(config with { Dtype = "float32" }, arrays[0], arrays[1], arrays[2], arrays[3])
            {
                Statistics = ReadStatistics(Path.Combine(folder, StatisticsName), config.DSae),
                InputMean = ReadVector(Path.Combine(folder, InputsName), "mean", config.DIn),
                LogSparsity = ReadVector(Path.Combine(folder, SparsityName), "sparsity", config.DSae),
                Provenance = File.Exists(Path.Combine(folder, Provenance.FileName)) ? Provenance.Read(folder) : null,
            };
        }
        catch
        {
            Array.ForEach(arrays, array => array.Dispose());
            throw;
        }
    }

    /// <summary>Writes the dictionary in SAELens's layout, with the statistics that it has. The same dictionary gives the same bytes.</summary>
    /// <param name="folder">Made where it does not exist; files of the same names are replaced, <c>cfg.json</c> last.</param>
    /// <exception cref="BadFileException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        SafetensorsFile.Write(
            Path.Combine(folder, WeightsName),
            [new("W_enc", WEnc), new("b_enc", BEnc), new("W_dec", WDec), new("b_dec", BDec)]);
        IReadOnlyList<float>? sparsity = Statistics is null ? LogSparsity : LogDensities(Statistics);
        WriteVector(Path.Combine(folder, SparsityName), "sparsity", sparsity);
        WriteVector(Path.Combine(folder, InputsName), "mean", InputMean);
        string statistics = Path.Combine(folder, StatisticsName);
        Write(statistics, Statistics, summary => summary.Save(statistics));
        Write(Path.Combine(folder, Provenance.FileName), Provenance, provenance => provenance.Write(folder));
        AtomicFile.WriteAllText(Path.Combine(folder, ConfigName), JsonSerializer.Serialize(Config, DictionariesJson.Default.DictionaryConfig) + "\n");
    }

    /// <summary>The same weights, shared, with statistics.</summary>
    internal Dictionary With(UnitSummary statistics, Provenance provenance) =>
        new(Config, WEnc.Share(), BEnc.Share(), WDec.Share(), BDec.Share())
        {
            Statistics = statistics,
            InputMean = InputMean,
            Provenance = provenance,
            LogSparsity = LogDensities(statistics),
        };

    private static DictionaryConfig ReadConfig(string path)
    {
        DictionaryConfig config;
        try
        {
            using FileStream stream = File.OpenRead(path);
            config = stream.Length <= LongestConfig
                ? JsonSerializer.Deserialize(stream, DictionariesJson.Default.DictionaryConfig) ?? throw new JsonException("it is null")
                : throw new JsonException($"it has {stream.Length} bytes");
        }
        catch (JsonException error)
        {
            throw new BadFileException(path, $"it is not the config of a dictionary ({OneLine(error)})", "Get the file again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadFileException(path, $"it cannot be read ({OneLine(error)})", "Give the folder of a dictionary in SAELens's layout", error);
        }

        return Problem(config) is { } problem ? throw new BadFileException(path, problem, "Choose another dictionary") : config;
    }

    /// <summary>Reads arrays as F32, all or none: shapes are checked against the config before anything is allocated.</summary>
    private static Tensor[] ReadAll(SafetensorsFile file, params (string Name, Shape Shape)[] wanted)
    {
        foreach ((string name, Shape shape) in wanted)
        {
            SafetensorsEntry entry = file[name];
            if (entry.Shape != shape || entry.DType == DType.I32)
            {
                throw new BadFileException(file.Path, $"array '{name}' is {entry.DType} {entry.Shape}; the config asks for floats {shape}", "Get weights and config of one dictionary");
            }
        }

        List<Tensor> read = [];
        try
        {
            foreach ((string name, _) in wanted)
            {
                using Tensor stored = file.Read(name);
                read.Add(stored.To(DType.F32));
                RequireFinite(file.Path, name, read[^1]);
            }
        }
        catch
        {
            read.ForEach(array => array.Dispose());
            throw;
        }

        return [.. read];
    }

    private static void RequireFinite(string path, string name, Tensor tensor)
    {
        foreach (float value in tensor.AsSpan())
        {
            if (!float.IsFinite(value))
            {
                throw new BadFileException(path, $"array '{name}' holds NaN or infinity", "Get the file again");
            }
        }
    }

    private static UnitSummary? ReadStatistics(string path, int latents)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        UnitSummary summary = UnitSummary.Load(path).Summary;
        return summary.Units == latents
            ? summary
            : throw new BadFileException(path, $"it describes {summary.Units} latents; the dictionary has {latents}", "Remove it, or put the dictionary's own beside it");
    }

    private static float[]? ReadVector(string path, string name, int length)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Tensor[] read = ReadAll(file, (name, new Shape(length)));
        using Tensor vector = read[0];
        return vector.ToArray();
    }

    private static void WriteVector(string path, string name, IReadOnlyList<float>? values) => Write(path, values, present =>
    {
        using Tensor tensor = Tensor.From([.. present]);
        SafetensorsFile.Write(path, [new(name, tensor)]);
    });

    /// <summary>Writes what there is; a file that an earlier dictionary left is removed where there is nothing.</summary>
    private static void Write<T>(string path, T? content, Action<T> write)
        where T : class
    {
        if (content is not null)
        {
            write(content);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static float[] LogDensities(UnitSummary statistics) =>
        [.. Enumerable.Range(0, statistics.Units).Select(latent => MathF.Log10((float)statistics.Density(latent) + NeverActive))];

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
