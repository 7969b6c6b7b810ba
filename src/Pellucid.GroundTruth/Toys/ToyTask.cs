// Elhage et al. 2022, "Toy Models of Superposition" (arXiv:2209.10652): features xᵢ are 0 with probability S, else uniform on [0, 1]; a model
// gives them back through fewer dimensions, with loss E Σᵢ Iᵢ (xᵢ − x′ᵢ)².
using System.Collections.Immutable;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>What a toy model is to learn: features of a sparsity and importances through fewer dimensions. Immutable.</summary>
public sealed record ToyTask
{
    /// <summary>What the model computes: the paper's ReLU output model, its linear comparison, or its computation in superposition.</summary>
    public AutoencoderForm Form { get; init; }

    /// <summary>Number of features, n.</summary>
    public int Features => Importance.Length;

    /// <summary>Number of hidden dimensions, m: 1 or more.</summary>
    public required int Hidden { get; init; }

    /// <summary>S, the probability that a feature is absent: 0 to below 1.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Iᵢ, the weight of each feature's squared error: 0 or more.</summary>
    public required ImmutableArray<double> Importance { get; init; }

    /// <summary>Which features are present together.</summary>
    public FeatureDependence Dependence { get; init; }

    /// <summary>Features in a group, where they depend on each other.</summary>
    public int Group { get; init; } = 2;

    /// <summary>Whether features are uniform on [−1, 1] where they are present; computation in superposition has such, with |x| to be given back.</summary>
    public bool Signed => Form == AutoencoderForm.RectifiedHidden;

    /// <summary>Importances Rⁱ, with i from 0.</summary>
    /// <param name="features">How many.</param>
    /// <param name="ratio">R, above 0.</param>
    public static ImmutableArray<double> Powers(int features, double ratio) => [.. Enumerable.Range(0, features).Select(i => Math.Pow(ratio, i))];
}
