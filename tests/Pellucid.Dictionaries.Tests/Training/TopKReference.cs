using Pellucid.Dictionaries.Training;

namespace Pellucid.Dictionaries.Tests.Training;

/// <summary>
/// The loss of the training step in double, as plainly as it can be written. What is constant under the gradient (the error that the
/// auxiliary latents reconstruct, and its variance) is computed once, from the parameters as they were given.
/// </summary>
internal sealed class TopKReference
{
    private readonly double[][] _x;
    private readonly bool[] _dead;
    private readonly StepOptions _options;
    private readonly Dictionary<string, double[]> _values;
    private readonly int _latents;
    private readonly int _width;
    private readonly double[][] _constantErrors;

    internal TopKReference(TopKParameters parameters, Tensor x, bool[] dead, StepOptions options)
    {
        (_dead, _options, _latents, _width) = (dead, options, parameters.Latents, parameters.Width);
        _x = [.. Enumerable.Range(0, x.Shape[0]).Select(row => Array.ConvertAll(x.Row(row).ToArray(), value => (double)value))];
        _values = parameters.All.ToDictionary(array => array.Name, array => Array.ConvertAll(array.Value.ToArray(), value => (double)value));
        _constantErrors = Array.ConvertAll(_x, row => Error(row, Preactivations(row)));
    }

    internal double Loss()
    {
        double squared = 0, auxiliary = 0;
        for (int row = 0; row < _x.Length; row++)
        {
            double[] z = Preactivations(_x[row]);
            squared += Error(_x[row], z).Sum(value => value * value);
            double[] aux = Decode(Best(z, _options.AuxK, _dead));
            auxiliary += aux.Zip(_constantErrors[row], (a, e) => (a - e) * (a - e)).Sum();
        }

        double variance = Enumerable.Range(0, _width).Sum(i =>
        {
            double mean = _constantErrors.Average(row => row[i]);
            return _constantErrors.Average(row => (row[i] - mean) * (row[i] - mean));
        });
        return (_options.LossScale * squared / _x.Length) + (_options.AuxCoefficient * auxiliary / _x.Length / variance);
    }

    internal float[] Differences(string name)
    {
        const double H = 1e-6;
        double[] values = _values[name];
        float[] result = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double kept = values[i];
            values[i] = kept + H;
            double above = Loss();
            values[i] = kept - H;
            double below = Loss();
            values[i] = kept;
            result[i] = (float)((above - below) / (2 * H));
        }

        return result;
    }

    private double[] Preactivations(double[] x) => [.. Enumerable.Range(0, _latents).Select(latent =>
        _values["b_enc"][latent] + Enumerable.Range(0, _width).Sum(i => _values["W_enc"][(latent * _width) + i] * (x[i] - _values["b_dec"][i])))];

    private double[] Error(double[] x, double[] z)
    {
        double[] decoded = Decode(Best(z, _options.K, null));
        return [.. x.Select((value, i) => value - decoded[i] - _values["b_dec"][i])];
    }

    private double[] Best(double[] z, int k, bool[]? among)
    {
        double[] result = new double[z.Length];
        foreach (int latent in Enumerable.Range(0, z.Length).Where(latent => among is null || among[latent]).OrderByDescending(latent => z[latent]).Take(k))
        {
            result[latent] = Math.Max(0, z[latent]);
        }

        return result;
    }

    private double[] Decode(double[] latents) =>
        [.. Enumerable.Range(0, _width).Select(i => Enumerable.Range(0, _latents).Sum(latent => latents[latent] * _values["W_dec"][(latent * _width) + i]))];
}
