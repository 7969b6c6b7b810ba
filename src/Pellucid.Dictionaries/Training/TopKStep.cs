// One training step of a TopK sparse autoencoder. Gao et al. 2024, "Scaling and evaluating sparse autoencoders", arXiv:2406.04093.
//   z = W_enc (x − b_dec) + b_enc,   f = ReLU(TopK(z, k)),   x̂ = W_dec f + b_dec,   e = x − x̂
//   a = ReLU(TopK(z over dead latents, k_aux)),   ê = W_dec a         (no b_dec: e has it taken off already)
//   L = s · mean ‖e‖² + α · mean ‖ê − e‖² / mean ‖e − mean e‖²,       s = 1 / E‖x − μ‖², e constant in the second term
// Gradients, with u = ∂L/∂x̂ = −2 s e / rows, and on the auxiliary path u = ∂L/∂ê = 2 α (ê − e) / (rows · mean ‖e − mean e‖²):
//   over the active places (row r, latent i):  ∂L/∂z_ri = u_r · W_dec[i],  ∂L/∂W_dec[i] = Σ_r f_ri u_r,
//   ∂L/∂W_enc[i] = Σ_r ∂L/∂z_ri (x_r − b_dec),  ∂L/∂b_enc[i] = Σ_r ∂L/∂z_ri,
//   ∂L/∂b_dec = Σ_r u_r (first path only) − Σ_i ∂L/∂b_enc[i] W_enc[i].
// The update takes the part along each decoder row off its gradient, clips the norm of the whole (not in the paper), applies Adam and
// makes decoder rows unit vectors again. From the paper it departs in that b_enc is learned, as in the authors' code, and in that no
// moving average of the weights is kept. A latent chosen with a value of 0 did not fire.
using Pellucid.Dictionaries.Latents;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// The gradient and the update of one batch. Only active places cost anything behind the encoder's product; each latent's sums run in the
/// order of the rows, so that no bit depends on the number of threads. Not for use from several threads.
/// </summary>
internal sealed class TopKStep(TopKParameters parameters, StepOptions options)
{
    private const int RowsAtOnce = 32;
    private const int LatentsAtOnce = 16;

    private readonly double[] _norms = new double[parameters.Latents];
    private readonly int[] _firstPlace = new int[parameters.Latents + 1];
    private readonly double[] _meanError = new double[parameters.Width];
    private ActivePlaces _places = new(0);

    /// <summary>Loss and raw gradients of a batch; counts which latents fired.</summary>
    /// <param name="x">[rows, d_in].</param>
    internal StepMeasures ComputeGradients(Tensor x)
    {
        using Ops ops = new();
        int rows = x.Shape[0];
        Tensor centred = ops.Add(x, ops.Scale(parameters.DecoderBias.Value, -1));
        Tensor linear = ops.MatMul(centred, parameters.Encoder.Value, transposeRight: true);
        Tensor z = ops.Add(linear, parameters.EncoderBias.Value);
        (Tensor values, Tensor indices) = ops.TopK(z, options.K);
        SparseLatents active = new(values, indices, parameters.Latents);

        Tensor error = ops.Own(Tensor.Empty(centred.Shape)), signals = ops.Own(Tensor.Empty(new Shape(2 * rows, parameters.Width)));
        double squared = Residual(centred, active, null, error) / rows;
        Scaled(error, signals, 0, -2 * options.LossScale / rows);
        int fired = CountFired(active);
        int[] dead = DeadLatents();

        double auxLoss = 0, variance = dead.Length == 0 ? 0 : ErrorVariance(error, squared);
        SparseLatents? revived = null;
        if (variance > 0 && options.AuxK > 0 && options.AuxCoefficient > 0)
        {
            revived = ChooseDead(ops, z, dead);
            Tensor missing = ops.Own(Tensor.Empty(error.Shape));
            auxLoss = Residual(error, revived, dead, missing) / rows / variance;
            Scaled(missing, signals, rows, -2 * options.AuxCoefficient / rows / variance);
        }

        Collect(active, revived, dead, rows);
        LatentGradients(centred, signals, rows);
        DecoderBiasGradient(signals, rows);
        double loss = (options.LossScale * squared) + (options.AuxCoefficient * auxLoss);
        return new StepMeasures(loss, squared, auxLoss, (double)fired / rows, dead.Length);
    }

    /// <summary>Moves the parameters against the gradients of the last batch.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 1.</param>
    internal void Update(double rate, long step)
    {
        RowLoops.For(parameters.Latents, 4 * LatentsAtOnce, Project);
        double clip = 1;
        if (options.ClipNorm is { } largest)
        {
            float bias = RowLoops.Norm(parameters.DecoderBias.Gradient.AsSpan());
            clip = Math.Min(1, largest / (Math.Sqrt(_norms.Sum() + ((double)bias * bias)) + 1e-6));
        }

        AdamFactors adam = AdamFactors.Of(options, rate, step, clip);
        int width = parameters.Width;
        RowLoops.For(parameters.Latents, 4 * LatentsAtOnce, (start, end) =>
        {
            parameters.Encoder.Update(adam, start * width, end * width);
            parameters.Decoder.Update(adam, start * width, end * width);
            parameters.EncoderBias.Update(adam, start, end);
            for (int latent = start; latent < end; latent++)
            {
                Span<float> row = parameters.Decoder.Value.Row(latent);
                RowLoops.Scale(row, 1 / Math.Max(RowLoops.Norm(row), 1e-20f));
            }
        });
        parameters.DecoderBias.Update(adam, 0, width);
    }

    /// <summary>target − W_dec · latents for each row; returns the sum of squares.</summary>
    private double Residual(Tensor target, SparseLatents latents, int[]? names, Tensor result)
    {
        double[] squares = new double[target.Shape[0]];
        RowLoops.For(squares.Length, RowsAtOnce, (start, end) =>
        {
            ReadOnlySpan<int> indices = latents.Indices.AsSpan<int>();
            ReadOnlySpan<float> decoder = parameters.Decoder.Value.AsSpan();
            int width = parameters.Width, k = latents.K;
            for (int row = start; row < end; row++)
            {
                Span<float> to = result.Row(row);
                target.Row(row).CopyTo(to);
                ReadOnlySpan<float> values = latents.Values.Row(row);
                for (int place = 0; place < k && values[place] > 0; place++)
                {
                    int index = indices[(row * k) + place];
                    RowLoops.AddScaled(to, decoder.Slice((names is null ? index : names[index]) * width, width), -values[place]);
                }

                squares[row] = RowLoops.Dot(to, to);
            }
        });
        return squares.Sum();
    }

    /// <summary>Writes factor · from into the rows of <paramref name="to"/> from <paramref name="firstRow"/> on.</summary>
    private static void Scaled(Tensor from, Tensor to, int firstRow, double factor)
    {
        Span<float> written = to.AsSpan().Slice(firstRow * from.Shape.Width, (int)from.Count);
        from.AsSpan().CopyTo(written);
        RowLoops.Scale(written, (float)factor);
    }

    private int CountFired(SparseLatents active)
    {
        long[] since = parameters.SinceFired;
        for (int latent = 0; latent < since.Length; latent++)
        {
            since[latent] += active.Rows;
        }

        int fired = 0;
        ReadOnlySpan<float> values = active.Values.AsSpan();
        ReadOnlySpan<int> indices = active.Indices.AsSpan<int>();
        for (int place = 0; place < values.Length; place++)
        {
            if (values[place] > 0)
            {
                since[indices[place]] = 0;
                fired++;
            }
        }

        return fired;
    }

    private int[] DeadLatents()
    {
        List<int> dead = [];
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            if (parameters.SinceFired[latent] >= options.DeadAfterTokens)
            {
                dead.Add(latent);
            }
        }

        return [.. dead];
    }

    /// <summary>mean ‖e − mean e‖² = mean ‖e‖² − ‖mean e‖².</summary>
    private double ErrorVariance(Tensor error, double squared)
    {
        Array.Clear(_meanError);
        for (int row = 0; row < error.Shape[0]; row++)
        {
            ReadOnlySpan<float> from = error.Row(row);
            for (int i = 0; i < from.Length; i++)
            {
                _meanError[i] += from[i];
            }
        }

        double rows = error.Shape[0];
        return squared - _meanError.Sum(sum => sum / rows * (sum / rows));
    }

    private SparseLatents ChooseDead(Ops ops, Tensor z, int[] dead)
    {
        Tensor candidates = ops.Own(Tensor.Empty(new Shape(z.Shape[0], dead.Length)));
        RowLoops.For(z.Shape[0], RowsAtOnce, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                Span<float> from = z.Row(row), to = candidates.Row(row);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = from[dead[i]];
                }
            }
        });
        (Tensor values, Tensor indices) = ops.TopK(candidates, Math.Min(options.AuxK, dead.Length));
        return new SparseLatents(values, indices, dead.Length);
    }

    /// <summary>Sorts the active places by latent, in the order of rows, the auxiliary ones after the others.</summary>
    private void Collect(SparseLatents active, SparseLatents? revived, int[] dead, int rows)
    {
        Array.Clear(_firstPlace);
        int most = checked(rows * (options.K + (revived?.K ?? 0)));
        _places = _places.Rows.Length < most ? new ActivePlaces(most) : _places;
        _places.Count(_firstPlace, active, null);
        if (revived is not null)
        {
            _places.Count(_firstPlace, revived, dead);
        }

        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            _firstPlace[latent + 1] += _firstPlace[latent];
        }

        int[] next = _firstPlace[..^1];
        _places.Fill(next, active, null, 0);
        if (revived is not null)
        {
            _places.Fill(next, revived, dead, rows);
        }
    }

    private void LatentGradients(Tensor centred, Tensor signals, int rows) => RowLoops.For(parameters.Latents, LatentsAtOnce, (start, end) =>
    {
        int width = parameters.Width;
        ReadOnlySpan<float> inputs = centred.AsSpan(), sent = signals.AsSpan();
        Span<float> biases = parameters.EncoderBias.Gradient.AsSpan();
        for (int latent = start; latent < end; latent++)
        {
            Span<float> decoder = parameters.Decoder.Gradient.Row(latent), encoder = parameters.Encoder.Gradient.Row(latent);
            ReadOnlySpan<float> direction = parameters.Decoder.Value.Row(latent);
            decoder.Clear();
            encoder.Clear();
            float bias = 0;
            for (int place = _firstPlace[latent]; place < _firstPlace[latent + 1]; place++)
            {
                int row = _places.Rows[place];
                ReadOnlySpan<float> signal = sent.Slice(row * width, width);
                float slope = RowLoops.Dot(signal, direction);
                RowLoops.AddScaled(decoder, signal, _places.Values[place]);
                RowLoops.AddScaled(encoder, inputs.Slice((row < rows ? row : row - rows) * width, width), slope);
                bias += slope;
            }

            biases[latent] = bias;
        }
    });

    private void DecoderBiasGradient(Tensor signals, int rows)
    {
        Span<float> gradient = parameters.DecoderBias.Gradient.AsSpan();
        gradient.Clear();
        for (int row = 0; row < rows; row++)
        {
            RowLoops.AddScaled(gradient, signals.Row(row), 1);
        }

        ReadOnlySpan<float> biases = parameters.EncoderBias.Gradient.AsSpan();
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            RowLoops.AddScaled(gradient, parameters.Encoder.Value.Row(latent), -biases[latent]);
        }
    }

    /// <summary>Takes the part along each decoder row off its gradient, and sums the squares of what each latent's gradients then are.</summary>
    private void Project(int start, int end)
    {
        for (int latent = start; latent < end; latent++)
        {
            Span<float> gradient = parameters.Decoder.Gradient.Row(latent), encoder = parameters.Encoder.Gradient.Row(latent);
            ReadOnlySpan<float> direction = parameters.Decoder.Value.Row(latent);
            RowLoops.AddScaled(gradient, direction, -RowLoops.Dot(gradient, direction));
            double bias = parameters.EncoderBias.Gradient.AsSpan()[latent];
            _norms[latent] = (double)RowLoops.Dot(gradient, gradient) + RowLoops.Dot(encoder, encoder) + (bias * bias);
        }
    }
}
