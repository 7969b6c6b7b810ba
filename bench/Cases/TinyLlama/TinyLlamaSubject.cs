using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases.TinyLlama;

/// <summary>TinyLlama of a GGUF file, opened once for each way of holding its weights.</summary>
internal static class TinyLlamaSubject
{
    private const string Variable = "PELLUCID_BENCH_TINYLLAMA";
    private const string Id = "tinyllama-1.1b-chat";

    private static Model? _model;

    /// <summary>The file.</summary>
    /// <exception cref="InvalidOperationException">It is not there.</exception>
    internal static string File
    {
        get
        {
            string? place = Environment.GetEnvironmentVariable(Variable) ?? ModelRegistry.List().FirstOrDefault(entry => entry.Id == Id)?.Location;
            string? file = Directory.Exists(place) ? Directory.EnumerateFiles(place, "*.gguf").FirstOrDefault() : place;
            return System.IO.File.Exists(file) ? file : throw new InvalidOperationException($"the model is not there: pellucid model pull {Id}, or name its file in {Variable}");
        }
    }

    /// <summary>The model with its weights held so; one at a time is kept.</summary>
    internal static Model Open(DType storage)
    {
        if (_model?.WeightStorage != storage)
        {
            _model?.Dispose();
            _model = Model.OpenAsync(File, new OpenOptions { WeightStorage = storage }).GetAwaiter().GetResult();
        }

        return _model;
    }

    /// <summary>How a model's weights are held, for the note of a case.</summary>
    internal static string Describe(DType storage) => storage == DType.Q8
        ? "weights as bytes with a scale for each 32 inputs (those of the file's IQ2_XXS keep their values, others are rounded), activations in products rounded to 16 bits"
        : "weights rounded to bfloat16, products in float32";
}
