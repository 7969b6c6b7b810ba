using System.Runtime.CompilerServices;
using Pellucid.Tensors.Sparse;
using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>What is done with the gradients of a latent once they are summed in the first cache.</summary>
internal enum LatentWork
{
    /// <summary>Written out.</summary>
    Write,

    /// <summary>Their squares summed.</summary>
    Norm,

    /// <summary>Used for an update of Adam.</summary>
    Update,
}

/// <summary>
/// Latent by latent: the gradients of its decoder row, encoder row and bias, gathered over its active places, and what is done with them.
/// A part is a block of latents; it also sums Σ_i ∂L/∂b_enc[i] · W_enc[i], which the gradient of b_dec needs, from the rows as they were.
/// </summary>
internal readonly unsafe struct LatentKernel(LatentArguments arguments, LatentWork work) : IRangeKernel
{
    internal const int BlockLatents = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSimd, TVector>(long start, long end)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = arguments.Width;
        float* scratch = Scratch.Rent(3, 2L * width);
        for (long block = start; block < end; block++)
        {
            float* biasSums = arguments.BiasSums + ((nint)block * width);
            new Span<float>(biasSums, width).Clear();
            int last = (int)Math.Min(arguments.Latents, (block + 1) * BlockLatents);
            for (int latent = (int)block * BlockLatents; latent < last; latent++)
            {
                nint at = (nint)latent * width;
                if (work == LatentWork.Update && arguments.Postponed.Now > 0 && !IsActive(latent))
                {
                    StepWithoutGradient<TSimd, TVector>(latent, scratch);
                    continue;
                }

                float* decoder = work == LatentWork.Write ? arguments.DecoderGradient + at : scratch;
                float* encoder = work == LatentWork.Write ? arguments.EncoderGradient + at : scratch + width;
                float bias = arguments.DecoderSums == null ? Gather<TSimd, TVector>(latent, decoder, encoder) : Take<TSimd, TVector>(latent, decoder, encoder);
                if (bias != 0)
                {
                    RowMath.AddScaled<TSimd, TVector>(biasSums, arguments.Encoder.Value + at, bias, width);
                }

                Finish<TSimd, TVector>(latent, decoder, encoder, bias);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Gather<TSimd, TVector>(int latent, float* decoder, float* encoder)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = arguments.Width, first = arguments.First[latent], last = arguments.First[latent + 1];
        new Span<float>(decoder, width).Clear();
        new Span<float>(encoder, width).Clear();
        float bias = 0;
        int final = arguments.First[arguments.Latents];
        for (int place = first; place < last; place++)
        {
            int row = arguments.Rows[place], ahead = place + 1 < final ? arguments.Rows[place + 1] : row;
            float slope = arguments.Slopes[place];
            float* errors = arguments.Errors, inputs = arguments.Inputs;
            RowMath.AddScaled<TSimd, TVector>(
                decoder, errors + ((nint)row * width), arguments.Amounts[place], width, errors + ((nint)ahead * width));
            RowMath.AddScaled<TSimd, TVector>(
                encoder, inputs + ((nint)InputRow(row) * width), slope, width, inputs + ((nint)InputRow(ahead) * width));
            bias += slope;
        }

        return bias;
    }

    /// <summary>What is summed already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Take<TSimd, TVector>(int latent, float* decoder, float* encoder)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = arguments.Width;
        nint at = (nint)latent * width;
        new Span<float>(arguments.DecoderSums + at, width).CopyTo(new Span<float>(decoder, width));
        new Span<float>(arguments.EncoderSums + at, width).CopyTo(new Span<float>(encoder, width));
        RowMath.Scale<TSimd, TVector>(decoder, arguments.Factor, width);
        return (float)arguments.BiasTotals[latent];
    }

    /// <summary>Rows of the second set of codes have the inputs of the first's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int InputRow(int row) => row < arguments.InputRows ? row : row - arguments.InputRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish<TSimd, TVector>(int latent, float* decoder, float* encoder, float bias)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int width = arguments.Width;
        nint at = (nint)latent * width;
        if (work == LatentWork.Write)
        {
            arguments.BiasGradient[latent] = bias;
            return;
        }

        float* direction = arguments.Decoder.Value + at;
        bool active = IsActive(latent);
        if (arguments.UnitRows && active)
        {
            float along = RowMath.Dot<TSimd, TVector>(decoder, direction, width);
            RowMath.AddScaled<TSimd, TVector>(decoder, direction, -along, width);
        }

        if (work == LatentWork.Norm)
        {
            arguments.Norms[latent] = active
                ? (double)RowMath.Dot<TSimd, TVector>(decoder, decoder, width) + RowMath.Dot<TSimd, TVector>(encoder, encoder, width) + ((double)bias * bias)
                : 0;
            return;
        }

        AdamPointers to = arguments.Encoder;
        LatentAdamFactors adam = arguments.Adam;
        RowMath.Adam<TSimd, TVector>(to.Value + at, to.First + at, to.Second + at, active ? encoder : null, width, adam, arguments.Clip);
        to = arguments.Bias;
        RowMath.Adam<TSimd, TVector>(to.Value + latent, to.First + latent, to.Second + latent, &bias, 1, adam, arguments.Clip);
        to = arguments.Decoder;
        RowMath.Adam<TSimd, TVector>(to.Value + at, to.First + at, to.Second + at, active ? decoder : null, width, adam, arguments.Clip);
        if (arguments.UnitRows)
        {
            RowMath.Normalize<TSimd, TVector>(direction, width);
        }

        if (arguments.Postponed.Now > 0)
        {
            arguments.Postponed.EncoderDone[latent] = arguments.Postponed.DecoderDone[latent] = arguments.Postponed.Now;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsActive(int latent) => arguments.DecoderSums != null || arguments.First[latent] < arguments.First[latent + 1];

    /// <summary>The encoder's half of a step, unless it rests; the decoder's is postponed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StepWithoutGradient<TSimd, TVector>(int latent, float* before)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        PostponedPointers postponed = arguments.Postponed;
        if (postponed.AtRest[latent] != 0)
        {
            return;
        }

        int width = arguments.Width;
        nint at = (nint)latent * width;
        AdamPointers row = arguments.Encoder, bias = arguments.Bias;
        new ReadOnlySpan<float>(row.Value + at, width).CopyTo(new Span<float>(before, width));
        float biasBefore = bias.Value[latent];
        RowMath.Adam<TSimd, TVector>(row.Value + at, row.First + at, row.Second + at, null, width, arguments.Adam, arguments.Clip);
        RowMath.Adam<TSimd, TVector>(bias.Value + latent, bias.First + latent, bias.Second + latent, null, 1, arguments.Adam, arguments.Clip);
        bool rests = CatchUpKernel.Rests<TSimd, TVector>(row.Value + at, row.First + at, before, width)
            && CatchUpKernel.Rests<TSimd, TVector>(bias.Value + latent, bias.First + latent, &biasBefore, 1);
        postponed.AtRest[latent] = rests ? (byte)1 : (byte)0;
        postponed.EncoderDone[latent] = postponed.Now;
    }
}
