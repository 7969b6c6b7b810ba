// The models of Elhage et al. 2022, "Toy Models of Superposition" (arXiv:2209.10652), many at once: loss E Σᵢ Iᵢ (targetᵢ − yᵢ)², learned by
// Adam on fresh examples. A model is a lane of a vector, so that a model of two weights runs at the speed of vectors.
using Pellucid.Tensors.Kernels;
using Pellucid.Tensors.Memory;

namespace Pellucid.Tensors.Autoencoders;

/// <summary>
/// Many small autoencoders of one shape, each with its own sparsity, importances and parameters, trained together. The bits depend neither
/// on the number of threads nor on how the steps are divided among calls. Owns native memory. Not for use from several threads.
/// </summary>
/// <remarks>
/// Models in a block of <see cref="Block"/> neighbours see the same chance: a feature that is present for one is present for every model
/// of the block whose sparsity allows it, with the same value. Each model by itself is trained on independent examples of its own distribution;
/// blocks are independent of each other. Put repetitions whose spread is to be believed into different blocks.
/// </remarks>
public sealed unsafe class AutoencoderLanes : IDisposable
{
    private readonly AutoencoderLayout _layout;
    private readonly FeatureDraws _draws;
    private readonly NativeBuffer _buffer;
    private readonly int _blocks;
    private bool _disposed;

    /// <param name="options">What the models have in common.</param>
    /// <param name="models">How many; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, the batch no multiple of 4, or the features no multiple of a group.</exception>
    /// <exception cref="PellucidException">They need more memory than there may be.</exception>
    public AutoencoderLanes(AutoencoderOptions options, int models)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Batch % 4, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(models, 1);
        if (options.Dependence != FeatureDependence.Independent)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(options.Group, 2);
            ArgumentOutOfRangeException.ThrowIfNotEqual(options.Features % options.Group, 0);
        }

        (Options, Models, _layout, _draws) = (options, models, new AutoencoderLayout(options), new FeatureDraws(options));
        _blocks = (int)(((long)models + _layout.Lanes - 1) / _layout.Lanes);
        ComputeMemory.Require(BytesOf(options, models), $"Training {models} models of {options.Features} features in {options.Hidden} dimensions", "Train fewer or smaller models.");
        long floats = _layout.Rows * _layout.Lanes * _blocks;
        _buffer = NativeBuffer.Rent(floats * sizeof(float));
        for (long at = 0; at < floats; at += 1 << 28)
        {
            new Span<float>((float*)_buffer.Pointer + at, (int)Math.Min(floats - at, 1 << 28)).Clear();
        }
    }

    /// <summary>What the models have in common.</summary>
    public AutoencoderOptions Options { get; }

    /// <summary>How many there are.</summary>
    public int Models { get; }

    /// <summary>Models that see the same chance; it depends on the shape of the models alone.</summary>
    public int Block => _layout.Lanes;

    /// <summary>Steps that were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Bytes that so many models need; saturates instead of overflowing.</summary>
    /// <param name="options">What the models have in common.</param>
    /// <param name="models">How many.</param>
    public static long BytesOf(AutoencoderOptions options, int models)
    {
        ArgumentNullException.ThrowIfNull(options);
        int lanes = new AutoencoderLayout(options).Lanes;
        double matrices = options.Form == AutoencoderForm.RectifiedHidden ? 2 : 1;
        double rows = 1 + options.Features + (4 * ((matrices * options.Features * options.Hidden) + options.Features));
        double bytes = rows * lanes * Math.Ceiling((double)models / lanes) * sizeof(float);
        return bytes < long.MaxValue ? (long)bytes : long.MaxValue;
    }

    /// <summary>Gives a model its task and the parameters that it begins with.</summary>
    /// <param name="model">0 to <see cref="Models"/> − 1.</param>
    /// <param name="sparsity">Probability that a feature is absent; 0 to below 1.</param>
    /// <param name="importance">[n], 0 or more.</param>
    /// <param name="weights">W, [hidden, feature].</param>
    /// <param name="outWeights">V, [feature, hidden], where it is apart from W; empty otherwise.</param>
    /// <param name="bias">[n].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Set(int model, double sparsity, ReadOnlySpan<float> importance, ReadOnlySpan<float> weights, ReadOnlySpan<float> outWeights, ReadOnlySpan<float> bias)
    {
        Check(model);
        if (sparsity is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, "A sparsity is 0 to below 1.");
        }

        CheckLengths(importance.Length, weights.Length, outWeights.Length, bias.Length);
        *Row(model, 0) = (float)sparsity;
        for (int i = 0; i < _layout.Features; i++)
        {
            *Row(model, 1 + i) = importance[i];
            *Row(model, _layout.First + _layout.Bias + i) = bias[i];
            for (int k = 0; k < _layout.Hidden; k++)
            {
                long at = ((long)i * _layout.Hidden) + k;
                *Row(model, _layout.First + at) = weights[(k * _layout.Features) + i];
                if (!_layout.IsTied)
                {
                    *Row(model, _layout.First + _layout.Out + at) = outWeights[(int)at];
                }
            }
        }
    }

    /// <summary>The parameters of a model, laid out as <see cref="Set"/> takes them.</summary>
    /// <param name="model">0 to <see cref="Models"/> − 1.</param>
    /// <param name="weights">Receives W, [hidden, feature].</param>
    /// <param name="outWeights">Receives V, [feature, hidden], where it is apart from W; empty otherwise.</param>
    /// <param name="bias">Receives b, [n].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Get(int model, Span<float> weights, Span<float> outWeights, Span<float> bias) => Read(model, _layout.First, weights, outWeights, bias);

    /// <summary>Takes steps of Adam, one for each learning rate.</summary>
    /// <param name="rates">The learning rate of each step.</param>
    public void Train(ReadOnlySpan<double> rates)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        float[] factors = new float[2 * rates.Length];
        for (int step = 0; step < rates.Length; step++)
        {
            long number = Steps + step + 1;
            factors[2 * step] = (float)(rates[step] / (1 - Math.Pow(AutoencoderKernel.KeepMean, number)));
            factors[(2 * step) + 1] = (float)Math.Sqrt(1 - Math.Pow(AutoencoderKernel.KeepSquare, number));
        }

        fixed (float* pointer = factors)
        {
            AutoencoderArguments arguments = new()
            {
                Blocks = (float*)_buffer.Pointer,
                Layout = _layout,
                Draws = _draws,
                Batch = Options.Batch,
                FirstStep = Steps,
                Steps = rates.Length,
                Factors = pointer,
            };
            Dispatch.Run(new AutoencoderKernel(arguments), _blocks, 1);
        }

        Steps += rates.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _buffer.Release();
        }
    }

    /// <summary>The sum of the gradients over the last step's batch, laid out as the parameters.</summary>
    internal void Gradient(int model, Span<float> weights, Span<float> outWeights, Span<float> bias) =>
        Read(model, _layout.First + _layout.Parameters, weights, outWeights, bias);

    private void Read(int model, long first, Span<float> weights, Span<float> outWeights, Span<float> bias)
    {
        Check(model);
        CheckLengths(_layout.Features, weights.Length, outWeights.Length, bias.Length);
        for (int i = 0; i < _layout.Features; i++)
        {
            bias[i] = *Row(model, first + _layout.Bias + i);
            for (int k = 0; k < _layout.Hidden; k++)
            {
                long at = ((long)i * _layout.Hidden) + k;
                weights[(k * _layout.Features) + i] = *Row(model, first + at);
                if (!_layout.IsTied)
                {
                    outWeights[(int)at] = *Row(model, first + _layout.Out + at);
                }
            }
        }
    }

    private float* Row(int model, long row) =>
        (float*)_buffer.Pointer + (((model / _layout.Lanes * _layout.Rows) + row) * _layout.Lanes) + (model % _layout.Lanes);

    private void Check(int model)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)model, (uint)Models);
    }

    private void CheckLengths(int importance, int weights, int outWeights, int bias)
    {
        if (importance != _layout.Features || bias != _layout.Features || weights != _layout.Weights || outWeights != (_layout.IsTied ? 0 : _layout.Weights))
        {
            throw new ArgumentException(
                $"Importances ({importance}), weights ({weights}), weights out ({outWeights}) and biases ({bias}) do not fit "
                + $"{_layout.Features} features in {_layout.Hidden} dimensions.");
        }
    }
}
