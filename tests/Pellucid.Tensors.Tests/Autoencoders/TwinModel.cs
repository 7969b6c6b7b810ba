using Pellucid.Tensors.Autoencoders;
using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Tests.Autoencoders;

/// <summary>One model of some lanes, trained by the reference in double on the same examples.</summary>
internal sealed unsafe class TwinModel
{
    private readonly AutoencoderOptions _options;
    private readonly int _model;
    private readonly int _block;
    private readonly double _sparsity;
    private readonly double[] _importance;
    private readonly double[][] _parameters;
    private readonly double[][] _gradients;
    private readonly double[][] _means;
    private readonly double[][] _squares;
    private int _steps;

    internal TwinModel(AutoencoderOptions options, int model, int block)
    {
        (_options, _model, _block) = (options, model, block);
        Random random = new(model);
        int weights = options.Features * options.Hidden, apart = options.Form == AutoencoderForm.RectifiedHidden ? weights : 0;
        _sparsity = (float)(random.NextDouble() * 0.8);
        _importance = Draw(options.Features, 0.5, 1);
        double size = 1 / Math.Sqrt(options.Hidden);
        _parameters = [Draw(weights, -size, 2 * size), Draw(apart, -size, 2 * size), Draw(options.Features, -0.1, 0.3)];
        _gradients = [.. _parameters.Select(array => new double[array.Length])];
        _means = [.. _parameters.Select(array => new double[array.Length])];
        _squares = [.. _parameters.Select(array => new double[array.Length])];

        double[] Draw(int count, double from, double width) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)(from + (width * random.NextDouble())))];
    }

    internal void Give(AutoencoderLanes lanes) =>
        lanes.Set(_model, _sparsity, Floats(_importance), Floats(_parameters[0]), Floats(_parameters[1]), Floats(_parameters[2]));

    internal void Step(double rate)
    {
        int n = _options.Features, batch = _options.Batch;
        float[] draws = new float[FeatureDraws.Floats(batch, n)];
        fixed (float* pointer = draws)
        {
            new FeatureDraws(_options).Fill(_block, _steps, 0, batch, wide: false, pointer);
        }

        Array.ForEach(_gradients, array => array.AsSpan().Clear());
        for (int example = 0; example < batch; example++)
        {
            double[] x = [.. Enumerable.Range(0, n).Select(i => draws[2 * ((example * n) + i)] > _sparsity ? draws[(2 * ((example * n) + i)) + 1] : 0.0)];
            Reference.AutoencoderGradient<double>(
                _options.Form, x, _importance, _parameters[0], _parameters[1], _parameters[2], _gradients[0], _gradients[1], _gradients[2]);
        }

        _steps++;
        for (int i = 0; i < 3; i++)
        {
            Reference.AdamStep<double>(_parameters[i], [.. _gradients[i].Select(value => value / batch)], _means[i], _squares[i], rate, _steps);
        }
    }

    internal void AssertGradient(AutoencoderLanes lanes, double tolerance)
    {
        float[][] actual = [.. _parameters.Select(array => new float[array.Length])];
        lanes.Gradient(_model, actual[0], actual[1], actual[2]);
        double largest = _gradients.SelectMany(array => array).Max(Math.Abs);
        Compare(_gradients, actual, tolerance * (1 + largest), "gradient", _ => true);
    }

    internal void AssertParameters(AutoencoderLanes lanes, double tolerance)
    {
        float[][] actual = [.. _parameters.Select(array => new float[array.Length])];
        lanes.Get(_model, actual[0], actual[1], actual[2]);
        Compare(_parameters, actual, tolerance, "parameter", place => Math.Abs(_gradients[place.Array][place.Index]) > 1e-2 || _gradients[place.Array][place.Index] == 0);
        for (int array = 0; array < 3; array++)
        {
            _parameters[array] = [.. actual[array].Select(value => (double)value)];
        }
    }

    private void Compare(double[][] expected, float[][] actual, double tolerance, string what, Func<(int Array, int Index), bool> counts)
    {
        for (int array = 0; array < 3; array++)
        {
            for (int i = 0; i < expected[array].Length; i++)
            {
                double off = Math.Abs(expected[array][i] - actual[array][i]);
                Assert.True(off <= tolerance || !counts((array, i)), $"model {_model}, step {_steps}, {what} {array}[{i}]: {actual[array][i]}, expected {expected[array][i]}.");
            }
        }
    }

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];
}
