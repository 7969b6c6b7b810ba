using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Bench.Cases.Gpt2;

/// <summary>A network of GPT-2 small's shape with random weights, and the same weights as a file for the baselines; made once a process.</summary>
internal static class Gpt2Subject
{
    private const long Seed = 7;
    private const long Stride = 7919; // a prime, so that neighbouring tokens are far apart in the vocabulary

    private static readonly Lazy<(Model Model, Model Narrow, string File)> Shared = new(Make);

    internal static Model Model => Shared.Value.Model;

    /// <summary>The same with its matrices stored as bfloat16.</summary>
    internal static Model Narrow => Shared.Value.Narrow;

    /// <summary>Safetensors, arrays named as in the model's parameter table.</summary>
    internal static string WeightsFile => Shared.Value.File;

    /// <summary>The tokens that the baselines run too.</summary>
    internal static TokenBatch Tokens(int batch, int positions) => TokenBatch.From(
    [
        .. Enumerable.Range(0, batch).Select(row =>
            (int[])[.. Enumerable.Range(0, positions).Select(position => (int)(((row * positions) + position) * Stride % ModelConfig.Gpt2Small.Vocabulary))]),
    ]);

    /// <summary>Mean magnitude.</summary>
    internal static double Check(Tensor tensor)
    {
        double sum = 0;
        foreach (float value in tensor.AsSpan())
        {
            sum += Math.Abs(value);
        }

        return sum / tensor.Count;
    }

    private static (Model Model, Model Narrow, string File) Make()
    {
        using ModelParameters parameters = ModelParameters.Random(ModelConfig.Gpt2Small, Seed);
        string folder = Directory.CreateTempSubdirectory("pellucid-bench").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string file = Path.Combine(folder, "gpt2-small-random.safetensors");
        SafetensorsFile.Write(file, [.. parameters.Table.Points.Select(point => KeyValuePair.Create(point.Name, parameters[point.Name]))]);
        return (parameters.ToModel("gpt2-small-random"), parameters.ToModel("gpt2-small-random-bf16", new() { WeightStorage = DType.BF16 }), file);
    }
}
