using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Tests.Kernels;

namespace Pellucid.Tensors.Tests.Sparse;

public sealed class LatentGradientsTests
{
    private static readonly (int Rows, int Width, int Latents)[] Shapes = [(1, 1, 1), (5, 3, 9), (17, 33, 40), (150, 21, 201), (40, 100, 70)];

    /// <summary>Sums of some hundred products of numbers near 1: float rounding stays below 1e-5 of the largest partial sums, which are near 10.</summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Write_EveryShape_MatchesReferenceInDouble(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width, int latents) in Shapes)
        {
            AssertMatchesReference(rows, width, latents, (batch, gradients) => gradients.Reconstruct(
                batch.X, batch.X, batch.Codes, batch.Dictionary.Decoder.Value, -0.5, 0.125));
        }
    }

    /// <summary>The same for dense latents, whose sums run in another order; also with sizes beyond a block of either.</summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Write_DenseLatentsOfEveryShape_MatchesReferenceInDouble(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach ((int rows, int width, int latents) in ((int, int, int)[])[.. Shapes, (1, 300, 1), (49, 129, 97), (301, 5, 48), (96, 128, 600)])
        {
            AssertMatchesReference(rows, width, latents, (batch, gradients) =>
            {
                using LatentPanels panels = batch.Panels();
                return gradients.Reconstruct(batch.X, batch.X, panels, batch.Dictionary.Decoder.Value, -0.5, 0.125);
            });
        }
    }

    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Update_DenseLatents_HasTheBitsOfOneThread(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        List<float[]> values = [];
        foreach (int threads in (int[])[1, 4])
        {
            using Threading.WorkerPool pool = new(threads);
            using IDisposable use = Threading.Workers.Use(pool);
            using Batch batch = new(110, 37, 500);
            using LatentGradients gradients = new();
            using LatentPanels panels = batch.Panels();
            gradients.Reconstruct(batch.X, batch.X, panels, batch.Dictionary.Decoder.Value, -0.1, 0.01);
            gradients.Update(batch.Dictionary, LatentAdamFactors.Of(0.01, 1), new UpdateOptions { ClipNorm = 0.5 });
            values.Add([.. batch.Dictionary.Encoder.Value.AsSpan(), .. batch.Dictionary.Decoder.Value.AsSpan(), .. batch.Dictionary.DecoderBias.Value.AsSpan()]);
        }

        Assert.Equal(values[0], values[1]);
    }

    /// <summary>Ten steps of the fused update against Adam in double on whole gradients, with rows kept unit and the norm clipped.</summary>
    [Theory]
    [ClassData(typeof(InstructionSets))]
    public void Update_TenSteps_EqualsDenseAdamInDouble(InstructionSet set)
    {
        using IDisposable scope = Processor.Force(set);
        foreach (double? clip in (double?[])[null, 0.5])
        {
            using Batch batch = new(12, 7, 30);
            using LatentGradients gradients = new();
            DenseAdam dense = new(batch.Dictionary, clip);
            for (int step = 1; step <= 10; step++)
            {
                gradients.Reconstruct(batch.X, batch.X, batch.Codes, batch.Dictionary.Decoder.Value, -0.1);
                dense.Step(batch.Expected(-0.1, 0, out _), step);
                gradients.Update(batch.Dictionary, LatentAdamFactors.Of(0.01, step), new UpdateOptions { ClipNorm = clip });
                dense.AssertEqual(batch.Dictionary, 2e-5); // ten steps of 0.01; near-zero gradients turn rounding into a part of a step
                dense.Follow(batch.Dictionary); // so that one step's rounding is not another's input
            }
        }
    }

    [Fact]
    public void Reconstruct_CodesOfOtherSize_IsRefused()
    {
        using Batch batch = new(4, 3, 5), other = new(5, 3, 5);
        using LatentGradients gradients = new();
        Assert.Contains("do not fit", Assert.Throws<ShapeException>(() =>
            gradients.Reconstruct(batch.X, batch.X, other.Codes, batch.Dictionary.Decoder.Value, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => gradients.Update(batch.Dictionary, LatentAdamFactors.Of(1, 1), new UpdateOptions()));
    }

    private static void AssertMatchesReference(int rows, int width, int latents, Func<Batch, LatentGradients, double> reconstruct)
    {
        using Batch batch = new(rows, width, latents);
        using LatentGradients gradients = new();
        double squares = reconstruct(batch, gradients);
        using Tensor encoder = Tensor.Empty(new Shape(latents, width)), bias = Tensor.Empty(new Shape(latents));
        using Tensor decoder = Tensor.Empty(new Shape(latents, width)), decoderBias = Tensor.Empty(new Shape(width));
        gradients.Write(batch.Dictionary, encoder, bias, decoder, decoderBias);
        double[][] expected = batch.Expected(-0.5, 0.125, out double expectedSquares);
        Assert.Equal(expectedSquares, squares, Math.Abs(expectedSquares) * 1e-5);
        foreach ((double[] want, Tensor got) in expected.Zip([encoder, bias, decoder, decoderBias]))
        {
            double largest = Math.Max(1, want.Max(Math.Abs));
            for (int i = 0; i < want.Length; i++)
            {
                Assert.Equal(want[i], got.AsSpan()[i], largest * 1e-5);
            }
        }
    }

    private sealed class Batch : IDisposable
    {
        private readonly int _rows;
        private readonly int _width;
        private readonly int _latents;
        private readonly float[] _dense;

        internal Batch(int rows, int width, int latents)
        {
            (_rows, _width, _latents) = (rows, width, latents);
            X = Problem.Random(rows, width, 1);
            using Tensor bias = Problem.Random(1, latents, 3);
            Dictionary = new(
                Problem.Random(latents, width, 2), bias.Reshape(new Shape(latents)).Copy(), Problem.Random(latents, width, 4), Tensor.Zeros(new Shape(width)));
            Random random = new(rows);
            _dense = [.. Enumerable.Range(0, rows * latents).Select(_ => random.Next(4) == 0 ? (float)random.NextDouble() : 0)];
            List<int> offsets = [0], indices = [];
            for (int row = 0; row < rows; row++)
            {
                indices.AddRange(Enumerable.Range(0, latents).Where(latent => _dense[(row * latents) + latent] > 0));
                offsets.Add(indices.Count);
            }

            Codes = SparseCodes.From(latents, offsets.ToArray(), indices.ToArray(), _dense.Where(value => value > 0).ToArray());
        }

        internal Tensor X { get; }

        internal LearnedDictionary Dictionary { get; }

        internal SparseCodes Codes { get; }

        internal unsafe LatentPanels Panels()
        {
            LatentPanels panels = new();
            panels.Reserve(_rows, _latents);
            for (int panel = 0; panel < panels.Panels; panel++)
            {
                for (int row = 0; row < _rows; row++)
                {
                    for (int column = 0; column < LatentPanels.Width; column++)
                    {
                        int latent = (panel * LatentPanels.Width) + column;
                        panels.Pointer[(((panel * _rows) + row) * LatentPanels.Width) + column] = latent < _latents ? _dense[(row * _latents) + latent] : 0;
                    }
                }
            }

            return panels;
        }

        internal double[][] Expected(double factor, double penalty, out double squares)
        {
            double[][] result = [new double[_latents * _width], new double[_latents], new double[_latents * _width], new double[_width]];
            squares = Reference.DictionaryGradients<double>(
                Doubles(X.AsSpan()), Doubles(_dense), Doubles(Dictionary.Encoder.Value.AsSpan()), Doubles(Dictionary.Decoder.Value.AsSpan()),
                factor, penalty, _rows, _latents, _width, result[0], result[1], result[2], result[3]);
            return result;
        }

        public void Dispose()
        {
            X.Dispose();
            Dictionary.Dispose();
            Codes.Dispose();
        }
    }

    /// <summary>Projection, clipping, Adam and normalization in double on whole arrays.</summary>
    private sealed class DenseAdam
    {
        private readonly double? _clip;
        private readonly int _width;
        private readonly double[][] _values;
        private readonly double[][] _first;
        private readonly double[][] _second;

        internal DenseAdam(LearnedDictionary dictionary, double? clip)
        {
            (_clip, _width) = (clip, dictionary.Width);
            _values = [.. Arrays(dictionary).Select(array => Doubles(array.Value.AsSpan()))];
            _first = [.. _values.Select(array => new double[array.Length])];
            _second = [.. _values.Select(array => new double[array.Length])];
        }

        internal void Step(double[][] gradients, int step)
        {
            double[] decoder = _values[2];
            for (int row = 0; row < decoder.Length; row += _width)
            {
                double along = Enumerable.Range(row, _width).Sum(i => decoder[i] * gradients[2][i]);
                for (int i = row; i < row + _width; i++)
                {
                    gradients[2][i] -= along * decoder[i];
                }
            }

            double norm = Math.Sqrt(gradients.Sum(array => array.Sum(value => value * value)));
            double factor = _clip is { } most ? Math.Min(1, most / (norm + 1e-6)) : 1;
            for (int array = 0; array < 4; array++)
            {
                for (int i = 0; i < _values[array].Length; i++)
                {
                    double g = gradients[array][i] * factor;
                    double m = _first[array][i] = (0.9 * _first[array][i]) + (0.1 * g), v = _second[array][i] = (0.999 * _second[array][i]) + (0.001 * g * g);
                    _values[array][i] -= 0.01 * (m / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, step))) + 1e-8);
                }
            }

            for (int row = 0; row < decoder.Length; row += _width)
            {
                double length = Math.Sqrt(Enumerable.Range(row, _width).Sum(i => decoder[i] * decoder[i]));
                for (int i = row; i < row + _width; i++)
                {
                    decoder[i] /= length;
                }
            }
        }

        internal void AssertEqual(LearnedDictionary dictionary, double tolerance)
        {
            foreach ((double[] want, AdamArray got) in _values.Zip(Arrays(dictionary)))
            {
                for (int i = 0; i < want.Length; i++)
                {
                    Assert.Equal(want[i], got.Value.AsSpan()[i], tolerance);
                }
            }
        }

        internal void Follow(LearnedDictionary dictionary)
        {
            foreach ((AdamArray from, int array) in Arrays(dictionary).Select((from, array) => (from, array)))
            {
                (_values[array], _first[array], _second[array]) = (Doubles(from.Value.AsSpan()), Doubles(from.First.AsSpan()), Doubles(from.Second.AsSpan()));
            }
        }

        private static AdamArray[] Arrays(LearnedDictionary dictionary) =>
            [dictionary.Encoder, dictionary.EncoderBias, dictionary.Decoder, dictionary.DecoderBias];
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);
}
