using Pellucid.Dictionaries.Latents;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Evaluation;

/// <summary>Sums over activations and their reconstructions, in double.</summary>
internal sealed class ReconstructionTotals(int width, int latents)
{
    private readonly double[] _sums = new double[width];
    private readonly long[] _active = new long[latents];
    private double _squares;
    private double _errors;
    private double _cosines;
    private long _fired;

    internal long Rows { get; private set; }

    internal double L0 => (double)_fired / Rows;

    internal double Cosine => _cosines / Rows;

    internal IEnumerable<double> Densities => _active.Select(count => (double)count / Rows);

    internal float[] Mean => Array.ConvertAll(_sums, sum => (float)(sum / Rows));

    /// <summary>1 − E‖e‖² / E‖x − μ‖².</summary>
    internal double VarianceExplained
    {
        get
        {
            double variance = (_squares / Rows) - _sums.Sum(sum => sum / Rows * (sum / Rows));
            return variance > 1e-12 * _squares / Rows ? 1 - (_errors / Rows / variance) : double.NaN;
        }
    }

    /// <param name="x">[rows, d_in].</param>
    /// <param name="latents">Their latents.</param>
    /// <param name="reconstructed">[rows, d_in].</param>
    /// <param name="skip">Rows to leave out.</param>
    internal void Add(Tensor x, SparseLatents latents, Tensor reconstructed, ReadOnlySpan<bool> skip)
    {
        ReadOnlySpan<int> indices = latents.Indices.AsSpan<int>();
        for (int row = 0; row < latents.Rows; row++)
        {
            if (skip[row])
            {
                continue;
            }

            AddVectors(x.Row(row), reconstructed.Row(row));
            ReadOnlySpan<float> values = latents.Values.Row(row);
            for (int place = 0; place < values.Length && values[place] > 0; place++)
            {
                _active[indices[(row * values.Length) + place]]++;
                _fired++;
            }

            Rows++;
        }
    }

    private void AddVectors(ReadOnlySpan<float> x, ReadOnlySpan<float> reconstructed)
    {
        double error = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = (double)x[i] - reconstructed[i];
            error += difference * difference;
            _sums[i] += x[i];
        }

        double square = RowLoops.Dot(x, x), other = RowLoops.Dot(reconstructed, reconstructed);
        _errors += error;
        _squares += square;
        _cosines += square > 0 && other > 0 ? RowLoops.Dot(x, reconstructed) / Math.Sqrt(square * other) : 0;
    }
}
