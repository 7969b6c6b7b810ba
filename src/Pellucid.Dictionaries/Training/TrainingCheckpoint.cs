using System.Text.Json;
using Pellucid.Dictionaries.Files;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries.Training;

/// <summary>The file from which a killed run goes on: parameters, Adam's moments, dead-latent counters, step and metrics.</summary>
internal static class TrainingCheckpoint
{
    internal const string FileName = "checkpoint.safetensors";
    private const string StateKey = "state";
    private const string SinceFired = "since_fired";

    internal static void Save(string folder, TopKParameters parameters, CheckpointState state)
    {
        using Tensor since = Tensor.From<double>(Array.ConvertAll(parameters.SinceFired, count => (double)count), new Shape(parameters.Latents));
        List<KeyValuePair<string, Tensor>> arrays = [new(SinceFired, since)];
        foreach (LearnedArray array in parameters.All)
        {
            arrays.AddRange(Named(array));
        }

        Dictionary<string, string> metadata = new() { [StateKey] = JsonSerializer.Serialize(state, DictionariesJson.Default.CheckpointState) };
        SafetensorsFile.Write(Path.Combine(folder, FileName), arrays, metadata);
    }

    /// <summary>Fills the parameters; null where there is no checkpoint.</summary>
    /// <exception cref="BadFileException">It is damaged, or of another run.</exception>
    internal static CheckpointState? Load(string folder, TopKParameters parameters, TrainingInputs inputs)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        CheckpointState state = ReadState(file);
        if (state.Step < 0 || state.Step > inputs.Steps)
        {
            throw Bad(path, $"it is at step {state.Step} of a run of {inputs.Steps}");
        }

        Require(file, SinceFired, DType.F64, new Shape(parameters.Latents));
        (string Name, Tensor To)[] arrays = [.. parameters.All.SelectMany(Named).Select(pair => (pair.Key, pair.Value))];
        Array.ForEach(arrays, array => Require(file, array.Name, DType.F32, array.To.Shape));
        foreach ((string name, Tensor to) in arrays)
        {
            using Tensor read = file.Read(name);
            read.AsSpan().CopyTo(to.AsSpan());
        }

        using Tensor since = file.Read(SinceFired);
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            parameters.SinceFired[latent] = (long)since.AsSpan<double>()[latent];
        }

        return state;
    }

    private static KeyValuePair<string, Tensor>[] Named(LearnedArray array) =>
        [new(array.Name, array.Value), new(array.Name + ".first_moment", array.First), new(array.Name + ".second_moment", array.Second)];

    private static CheckpointState ReadState(SafetensorsFile file)
    {
        try
        {
            return JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(StateKey, ""), DictionariesJson.Default.CheckpointState) ?? throw Bad(file.Path, "it has no state");
        }
        catch (JsonException error)
        {
            throw Bad(file.Path, "its state cannot be read", error);
        }
    }

    private static void Require(SafetensorsFile file, string name, DType type, Shape shape)
    {
        if (file[name].DType != type || file[name].Shape != shape)
        {
            throw Bad(file.Path, $"array '{name}' is {file[name].DType} {file[name].Shape}; {type} {shape} was expected");
        }
    }

    private static BadFileException Bad(string path, string problem, Exception? error = null) =>
        new(path, problem, "Remove the folder and train again", error);
}
