// Elhage et al. 2022 (arXiv:2209.10652, "Correlated and anticorrelated features"): features that come together are stored in orthogonal directions where there is room,
// side by side where there is not, and as one, their principal component, where features are dense; features that exclude each other lie opposite.
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>A model of pairs of features that depend on each other, in two dimensions.</summary>
/// <param name="Name">The setup in words.</param>
/// <param name="Best">The best of its models.</param>
public sealed record PairedFeatures(string Name, BestToy Best)
{
    private static readonly (string Name, FeatureDependence Dependence, int Features, double Sparsity)[] Setups =
    [
        ("two pairs that come together, S 0.9", FeatureDependence.Together, 4, 0.9),
        ("two pairs that exclude, S 0.9", FeatureDependence.Exclusive, 4, 0.9),
        ("three pairs that come together, S 0.98", FeatureDependence.Together, 6, 0.98),
        ("two pairs that come together, S 0.5", FeatureDependence.Together, 4, 0.5),
    ];

    /// <summary>Mean cosine between the directions of the two features of a pair.</summary>
    public double CosineWithin => Enumerable.Range(0, Best.Model.Task.Features / 2).Average(pair => Cosine(2 * pair, (2 * pair) + 1));

    /// <summary>The least cosine between directions of features of two pairs: −1 where some lie opposite.</summary>
    public double CosineBetween => Enumerable.Range(0, Best.Model.Task.Features).Min(
        i => Enumerable.Range(0, Best.Model.Task.Features).Where(j => j / 2 != i / 2).Min(j => Cosine(i, j)));

    /// <summary>Trains the paper's setups: pairs that come together, pairs that exclude each other, three pairs in two dimensions, and pairs of dense features.</summary>
    /// <param name="restarts">Models of each.</param>
    /// <param name="seed">Seed of examples and beginnings.</param>
    /// <param name="progress">Takes the fraction that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends it within a second.</param>
    public static IReadOnlyList<PairedFeatures> TrainAll(int restarts = 32, long seed = 0, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        List<PairedFeatures> models = [];
        foreach ((string name, FeatureDependence dependence, int features, double sparsity) in Setups)
        {
            ToyTask task = new() { Hidden = 2, Sparsity = sparsity, Importance = ToyTask.Powers(features, 1), Dependence = dependence };
            models.Add(new PairedFeatures(name, ToyTrainer.TrainBest([task], restarts, ToyTraining.For(task, seed), null, cancellationToken)[0]));
            progress?.Report((double)models.Count / Setups.Length);
        }

        return models;
    }

    private double Cosine(int i, int j) => Best.Model.Product(i, j) / Math.Sqrt(Best.Model.Product(i, i) * Best.Model.Product(j, j));
}
