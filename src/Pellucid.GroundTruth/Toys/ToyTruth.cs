using System.Text.Json.Serialization;
using Pellucid.GroundTruth.Truths;
using Pellucid.Models;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth.Toys;

/// <summary>Writes and reads what is known of a toy model, beside its network.</summary>
internal static class ToyTruth
{
    private static readonly TruthFile Truth = new("toy", "pellucid-toy-model-1", "a toy model", "Train the toy model again", Longest: 1L << 30);

    internal static void Write(string folder, ToyModel model, Model network)
    {
        ToyTask task = model.Task;
        (int n, int m) = (task.Features, task.Hidden);
        ToyDocument document = new()
        {
            Format = Truth.Format,
            Kind = Truth.Kind,
            ModelHash = network.Hash,
            Form = task.Form,
            Features = n,
            Hidden = m,
            Sparsity = task.Sparsity,
            Importance = [.. task.Importance],
            Dependence = task.Dependence,
            Group = task.Group,
            Directions = [.. Enumerable.Range(0, n).Select(model.Direction)],
            OutDirections = model.OutWeights.IsEmpty ? null : [.. Enumerable.Range(0, n).Select(i => model.OutWeights.AsSpan(i * m, m).ToArray())],
            Bias = [.. model.Bias],
            Dimensionality = model.Dimensionality(),
            Hooks = task.Form == AutoencoderForm.RectifiedHidden
                ? new() { ["input"] = "hook_embed", ["hidden"] = "blocks.0.mlp.hook_post", ["output"] = "blocks.1.mlp.hook_post" }
                : new() { ["hidden"] = "hook_embed", ["output"] = "blocks.0.mlp.hook_post" },
        };
        TruthFile.Write(folder, document, ToyJson.Default.ToyDocument);
    }

    internal static ToyModel Read(string folder) => Truth.Read(folder, ToyJson.Default.ToyDocument, ModelOf);

    private static ToyModel ModelOf(ToyDocument document)
    {
        (int n, int m) = (document.Features, document.Hidden);
        bool apart = document.Form == AutoencoderForm.RectifiedHidden;
        TruthFile.Require(Enum.IsDefined(document.Form) && Enum.IsDefined(document.Dependence), "its form or dependence is unknown");
        TruthFile.Require(document.Importance.Length == n && document.Bias.Length == n && IsMatrix(document.Directions, n, m), $"its arrays do not fit {n} features in {m} dimensions");
        TruthFile.Require(apart ? document.OutDirections is { } rows && IsMatrix(rows, n, m) : document.OutDirections is null, "its directions out do not fit its form");
        float[] weights = new float[n * m];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < m; k++)
            {
                weights[(k * n) + i] = document.Directions[i][k];
            }
        }

        ToyTask task = new()
        {
            Form = document.Form,
            Hidden = m,
            Sparsity = document.Sparsity,
            Importance = [.. document.Importance],
            Dependence = document.Dependence,
            Group = document.Group,
        };
        ToyLimits.Check(task);
        return new ToyModel { Task = task, Weights = [.. weights], OutWeights = apart ? [.. document.OutDirections!.SelectMany(row => row)] : [], Bias = [.. document.Bias] };
    }

    private static bool IsMatrix(float[][] rows, int n, int m) => rows.Length == n && rows.All(row => row is not null && row.Length == m);
}

/// <summary>The form of <c>truth.json</c>.</summary>
internal sealed record ToyDocument
{
    public required string Format { get; init; }

    /// <summary>What the truth is about: <c>toy</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The hash of the model that it is about.</summary>
    public required string ModelHash { get; init; }

    public required AutoencoderForm Form { get; init; }

    public required int Features { get; init; }

    public required int Hidden { get; init; }

    public required double Sparsity { get; init; }

    public required double[] Importance { get; init; }

    public required FeatureDependence Dependence { get; init; }

    public required int Group { get; init; }

    /// <summary>Wᵢ of each feature.</summary>
    public required float[][] Directions { get; init; }

    /// <summary>Vᵢ of each feature, where weights out are apart.</summary>
    public float[][]? OutDirections { get; init; }

    public required float[] Bias { get; init; }

    public required double[] Dimensionality { get; init; }

    /// <summary>Which activation is what.</summary>
    public required Dictionary<string, string> Hooks { get; init; }
}

/// <summary>Source-generated, since there is no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectNullableAnnotations = true, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ToyDocument))]
internal sealed partial class ToyJson : JsonSerializerContext;
