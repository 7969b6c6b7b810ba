namespace Pellucid.Tensors.Autoencoders;

/// <summary>What the models of one <see cref="AutoencoderLanes"/> have in common.</summary>
public sealed record AutoencoderOptions
{
    /// <summary>What they compute.</summary>
    public AutoencoderForm Form { get; init; }

    /// <summary>Number of features, n: 1 or more.</summary>
    public required int Features { get; init; }

    /// <summary>Number of hidden dimensions, m: 1 or more.</summary>
    public required int Hidden { get; init; }

    /// <summary>Which features are present together.</summary>
    public FeatureDependence Dependence { get; init; }

    /// <summary>Features in a group, where they depend on each other; the number of features is a multiple of it.</summary>
    public int Group { get; init; } = 2;

    /// <summary>Whether the value of a present feature is uniform on [−1, 1]; on [0, 1] otherwise.</summary>
    public bool Signed { get; init; }

    /// <summary>Examples in a step: a multiple of 4, since they are taken four at a time.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>Seed of the examples.</summary>
    public long Seed { get; init; }
}
