using Pellucid.Tensors.Kernels;

namespace Pellucid.Tensors.Sparse;

public sealed unsafe partial class LatentGradients
{
    /// <summary>Writes the gradients out whole, as they are before any projection or clipping.</summary>
    /// <param name="dictionary">The arrays that encoded and decoded the batch.</param>
    /// <param name="encoder">Receives ∂L/∂W_enc, [latents, width].</param>
    /// <param name="encoderBias">Receives ∂L/∂b_enc, [latents].</param>
    /// <param name="decoder">Receives ∂L/∂W_dec, [latents, width].</param>
    /// <param name="decoderBias">Receives ∂L/∂b_dec, [width].</param>
    /// <exception cref="ShapeException">The arrays do not fit the batch.</exception>
    public void Write(LearnedDictionary dictionary, Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias)
    {
        LatentArguments arguments = Arguments(dictionary);
        Require(encoder.Shape == decoder.Shape && encoder.Shape == dictionary.Decoder.Value.Shape, encoder, decoder);
        Require(encoderBias.Count == dictionary.Latents && decoderBias.Count == _width, encoder, decoder);
        arguments.EncoderGradient = encoder.Pointer;
        arguments.BiasGradient = encoderBias.Pointer;
        arguments.DecoderGradient = decoder.Pointer;
        Run(arguments, LatentWork.Write);
        new ReadOnlySpan<float>(DecoderBiasGradient(dictionary.Latents), _width).CopyTo(decoderBias.AsSpan());
        KeepAlive(dictionary);
    }

    /// <summary>
    /// Moves the dictionary against the gradients, each latent's in one pass in which they are summed, used and forgotten. A latent without
    /// activity moves too, as its moments decay.
    /// </summary>
    /// <param name="dictionary">The arrays that encoded and decoded the batch.</param>
    /// <param name="adam">Factors of this step.</param>
    /// <param name="options">Constraints.</param>
    /// <param name="postponed">Where the updates of latents without activity wait; null does them at once.</param>
    /// <exception cref="ShapeException">The arrays do not fit the batch.</exception>
    /// <exception cref="PellucidException">An active latent is not up to date: the codes were decoded before they caught up.</exception>
    public void Update(LearnedDictionary dictionary, in LatentAdamFactors adam, in UpdateOptions options, PostponedUpdates? postponed = null)
    {
        LatentArguments arguments = Arguments(dictionary);
        arguments.UnitRows = options.UnitRows;
        arguments.Adam = adam;
        arguments.Clip = 1;
        if (options.ClipNorm is { } largest)
        {
            arguments.Norms = (double*)_squares.Reserve(dictionary.Latents * (long)sizeof(double));
            Run(arguments, LatentWork.Norm);
            arguments.Clip = (float)Math.Min(1, largest / (Math.Sqrt(SquaredNorm(arguments.Norms, dictionary.Latents)) + 1e-6));
        }

        arguments.Postponed = postponed?.Begin(dictionary, adam, options.UnitRows, _dense ? null : arguments.First) ?? default;
        Run(arguments, LatentWork.Update);
        if (options.ClipNorm is null)
        {
            DecoderBiasGradient(dictionary.Latents);
        }

        UpdateDecoderBias(dictionary, adam, arguments.Clip);
        KeepAlive(dictionary);
    }

    private double SquaredNorm(double* norms, int latents)
    {
        double sum = 0;
        for (int latent = 0; latent < latents; latent++)
        {
            sum += norms[latent];
        }

        float* bias = DecoderBiasGradient(latents);
        for (int i = 0; i < _width; i++)
        {
            sum += (double)bias[i] * bias[i];
        }

        return sum;
    }

    private LatentArguments Arguments(LearnedDictionary dictionary)
    {
        Tensor inputs = _inputs ?? throw new ShapeException("LatentGradients: there is no batch. Call Reconstruct first.");
        Require(dictionary.Width == _width && dictionary.Latents == _latents, inputs, dictionary.Decoder.Value);
        if (!_sorted && !_dense)
        {
            _places.Sort(dictionary.Latents, _sets.AsSpan(0, _setCount));
            _sorted = true;
        }

        return new()
        {
            Latents = dictionary.Latents,
            Width = _width,
            DecoderSums = _dense ? (float*)_sums.Pointer : null,
            EncoderSums = _dense ? (float*)_sums.Pointer + ((nint)_latents * _width) : null,
            BiasTotals = _dense ? (double*)_totals.Pointer : null,
            Factor = _factor,
            First = _places.First,
            Rows = _places.Rows,
            Amounts = _places.Amounts,
            Slopes = _places.Slopes,
            Errors = (float*)_errors.Pointer,
            Inputs = inputs.Pointer,
            InputRows = _rows,
            Encoder = new(dictionary.Encoder),
            Bias = new(dictionary.EncoderBias),
            Decoder = new(dictionary.Decoder),
            BiasSums = (float*)_partial.Reserve(Math.Max(1L, (long)Blocks(dictionary.Latents) * _width) * sizeof(float)),
        };
    }

    private static int Blocks(int latents) => (latents + LatentKernel.BlockLatents - 1) / LatentKernel.BlockLatents;

    private static void Run(in LatentArguments arguments, LatentWork work) =>
        Dispatch.Run(new LatentKernel(arguments, work), Blocks(arguments.Latents), 1);

    /// <summary>c · Σ_r e_r − Σ_i ∂L/∂b_enc[i] W_enc[i], the second sum from what the last pass over the latents left.</summary>
    private float* DecoderBiasGradient(int latents)
    {
        double* sums = (double*)_biasGradient.Reserve(2L * Math.Max(1, _width) * sizeof(double));
        float* gradient = (float*)(sums + _width);
        double* columns = (double*)_columns.Pointer;
        AddBlocks((float*)_partial.Pointer, Blocks(latents), sums);
        for (int i = 0; i < _width; i++)
        {
            gradient[i] = (float)((_factor * columns[i]) - sums[i]);
        }

        return gradient;
    }

    private void UpdateDecoderBias(LearnedDictionary dictionary, in LatentAdamFactors adam, float clip)
    {
        AdamPointers to = new(dictionary.DecoderBias);
        Dispatch.Run(new BiasAdamKernel(to, (float*)((double*)_biasGradient.Pointer + _width), adam, clip), _width, long.MaxValue);
    }

    private void KeepAlive(LearnedDictionary dictionary)
    {
        GC.KeepAlive(dictionary);
        GC.KeepAlive(_inputs);
    }
}
