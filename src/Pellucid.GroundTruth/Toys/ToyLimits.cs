using System.Globalization;
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth.Toys;

/// <summary>What a task must keep to.</summary>
internal static class ToyLimits
{
    private const int MostFeatures = 1_000_000;
    private const long MostWeights = 1L << 26;

    internal static void Check(ToyTask task)
    {
        if (task.Features is < 1 or > MostFeatures || task.Hidden < 1 || (long)task.Features * task.Hidden > MostWeights)
        {
            throw new PellucidException(
                $"A toy model of {task.Features} features in {task.Hidden} dimensions cannot be: both are 1 or more, and there are at most {MostFeatures} features and {MostWeights} weights.");
        }

        if (task.Sparsity is not (>= 0 and < 1))
        {
            throw new PellucidException(string.Create(
                CultureInfo.InvariantCulture, $"A sparsity of {task.Sparsity} cannot be: it is the probability that a feature is absent, 0 to below 1."));
        }

        if (task.Importance.Any(importance => !(importance >= 0) || !float.IsFinite((float)importance)))
        {
            throw new PellucidException("An importance is not a finite number of at least 0. With many features choose a ratio nearer to 1.");
        }

        if (task.Dependence != FeatureDependence.Independent && (task.Group < 2 || task.Features % task.Group != 0))
        {
            throw new PellucidException($"{task.Features} features do not divide into groups of {task.Group}. Choose a multiple, of groups of 2 or more.");
        }
    }
}
