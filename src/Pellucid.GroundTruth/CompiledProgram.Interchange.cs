// Interchange interventions (Geiger et al. 2021, arXiv:2106.02997): a variable of the network is set to what it is in a run on another
// input. The causal model is right about the network when its output with the same variable set equals the network's.
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

public sealed partial class CompiledProgram
{
    /// <summary>
    /// Sets a variable of the network to what it is in another run: its coefficients along its directions, everything else as it is.
    /// </summary>
    /// <param name="variable">One of the truth's variables.</param>
    /// <param name="source">The variable's hook (<see cref="TruthVariable.Hook"/>) in a run on inputs of the same length, [batch, pos,
    /// d_model]; borrowed until the last run.</param>
    /// <returns>The intervention at that hook.</returns>
    /// <exception cref="RaspException">There is no such variable.</exception>
    public Intervention Interchange(string variable, Tensor source)
    {
        TruthVariable held = Truth[variable];
        float[][] directions = [.. held.Directions.Select(direction => direction.ToArray())];
        float[][] readers = Readers(directions, variable);
        return Intervention.Custom(held.Hook, $"interchange {variable}", (ops, x, _) => ops.Own(Exchanged(x, source, directions, readers)));
    }

    private static Tensor Exchanged(Tensor x, Tensor source, float[][] directions, float[][] readers)
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
            foreach ((float[] direction, float[] reader) in directions.Zip(readers))
            {
                float step = 0;
                for (int d = 0; d < direction.Length; d++)
                {
                    step += reader[d] * (from[d] - was[d]);
                }

                for (int d = 0; d < direction.Length; d++)
                {
                    to[d] += step * direction[d];
                }
            }
        }

        return exchanged;
    }

    /// <summary>
    /// The vectors that read the coefficient of each direction, whatever those of the others are: the rows of (D Dᵀ)⁻¹ D. Of orthonormal
    /// directions they are the directions themselves.
    /// </summary>
    private static float[][] Readers(float[][] directions, string variable)
    {
        int count = directions.Length;
        double[][] rows =
        [
            .. directions.Select(a => directions.Select(b => a.Zip(b, (x, y) => (double)x * y).Sum()).Concat(a.Select(x => (double)x)).ToArray()),
        ];
        for (int pivot = 0; pivot < count; pivot++)
        {
            int best = Enumerable.Range(pivot, count - pivot).MaxBy(row => Math.Abs(rows[row][pivot]));
            (rows[pivot], rows[best]) = (rows[best], rows[pivot]);
            if (Math.Abs(rows[pivot][pivot]) < 1e-9)
            {
                throw new RaspException(
                    $"The directions of '{variable}' depend on one another, so that its coefficients cannot be read. "
                    + "Exchange a variable with fewer values.");
            }

            for (int row = 0; row < count; row++)
            {
                double factor = row == pivot ? 0 : rows[row][pivot] / rows[pivot][pivot];
                for (int column = 0; column < rows[row].Length && factor != 0; column++)
                {
                    rows[row][column] -= factor * rows[pivot][column];
                }
            }
        }

        return [.. rows.Select((row, i) => row[count..].Select(x => (float)(x / row[i])).ToArray())];
    }
}
