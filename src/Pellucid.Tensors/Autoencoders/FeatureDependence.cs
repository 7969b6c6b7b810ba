namespace Pellucid.Tensors.Autoencoders;

/// <summary>Whether features that stand beside each other are present together. Their values are independent in each case.</summary>
public enum FeatureDependence
{
    /// <summary>Each is present by itself, with probability 1 − sparsity.</summary>
    Independent,

    /// <summary>All of a group are present, with probability 1 − sparsity, or none.</summary>
    Together,

    /// <summary>One of a group is present, with probability 1 − sparsity, each of them as often; or none.</summary>
    Exclusive,
}
