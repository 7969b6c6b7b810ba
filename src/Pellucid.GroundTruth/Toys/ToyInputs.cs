using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>Draws inputs of a task, for evaluation. Not safe for concurrent use.</summary>
/// <param name="task">The task.</param>
/// <param name="seed">Any value.</param>
/// <param name="stream">Which of the seed's independent streams; 0 or more.</param>
public sealed class ToyInputs(ToyTask task, long seed, long stream = 0)
{
    // A key of its own: training draws under the seed itself.
    private readonly SeededRandom _random = new((long)SeededRandom.Hash((ulong)seed, 0x746F79), stream);

    /// <summary>Draws the next input.</summary>
    /// <param name="x">Receives it: [feature].</param>
    public void Next(Span<double> x)
    {
        int group = task.Dependence == FeatureDependence.Independent ? 1 : task.Group;
        for (int first = 0; first < x.Length; first += group)
        {
            bool present = _random.NextDouble() >= task.Sparsity;
            int chosen = present && task.Dependence == FeatureDependence.Exclusive ? _random.NextInt(group) : -1;
            for (int member = 0; member < group; member++)
            {
                x[first + member] = !present || (chosen >= 0 && member != chosen) ? 0 : task.Signed ? (2 * _random.NextDouble()) - 1 : _random.NextDouble();
            }
        }
    }
}
