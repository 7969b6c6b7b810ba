using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>One of several at random, each as likely.</summary>
internal static class RandomChoice
{
    internal static T Any<T>(this SeededRandom random, IReadOnlyList<T> items) => items[random.NextInt(items.Count)];
}
