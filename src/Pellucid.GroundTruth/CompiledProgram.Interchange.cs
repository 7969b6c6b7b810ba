// Interchange interventions (Geiger et al. 2021, arXiv:2106.02997): a variable of the network is set to what it is in a run on another input. The causal model is right about the network
// when its output with the same variable set equals the network's.
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

public sealed partial class CompiledProgram
{
    /// <summary>Sets a variable of the network to what it is in another run: its coefficients along its directions, everything else as it is.</summary>
    /// <param name="variable">One of the truth's variables, whose directions are orthonormal.</param>
    /// <param name="source">The variable's hook (<see cref="TruthVariable.Hook"/>) in a run on inputs of the same length, [batch, pos, d_model]; borrowed until the last run.</param>
    /// <returns>The intervention at that hook.</returns>
    /// <exception cref="RaspException">There is no such variable.</exception>
    public Intervention Interchange(string variable, Tensor source)
    {
        TruthVariable held = Truth[variable];
        float[][] directions = [.. held.Directions.Select(direction => direction.ToArray())];
        return Intervention.Custom(held.Hook, $"interchange {variable}", (ops, x, _) => ops.Own(Exchanged(x, source, directions)));
    }

    private static Tensor Exchanged(Tensor x, Tensor source, float[][] directions)
    {
        if (x.Shape != source.Shape)
        {
            throw new ShapeException($"Interchange: the source {source.Shape} has another shape than the activation {x.Shape}. Run inputs of one length.");
        }

        Tensor exchanged = x.Copy();
        for (int row = 0; row < x.Shape.Rows; row++)
        {
            Span<float> to = exchanged.Row(row);
            ReadOnlySpan<float> from = source.Row(row), was = x.Row(row);
            foreach (float[] direction in directions)
            {
                float step = 0;
                for (int d = 0; d < direction.Length; d++)
                {
                    step += direction[d] * (from[d] - was[d]);
                }

                for (int d = 0; d < direction.Length; d++)
                {
                    to[d] += step * direction[d];
                }
            }
        }

        return exchanged;
    }
}
