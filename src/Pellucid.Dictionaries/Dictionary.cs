// TopK sparse autoencoder: Gao et al. 2024, "Scaling and evaluating sparse autoencoders", arXiv:2406.04093.
//   f = ReLU(TopK(W_enc (x − b_dec) + b_enc)),   x̂ = W_dec f + b_dec
// As in SAELens, b_dec is taken off the input only where apply_b_dec_to_input says so; with rescale_acts_by_decoder_norm the
// pre-activations are multiplied by ‖W_dec[i]‖ before the choice, and latents divided by it again when decoding.
using Pellucid.Activations;
using Pellucid.Dictionaries.Latents;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries;

/// <summary>
/// A sparse autoencoder of one hook: it writes an activation as a sum of few of many directions, its latents. Immutable; safe for any
/// number of threads. Owns its weights until disposed.
/// </summary>
public sealed partial class Dictionary : IDisposable
{
    private readonly PackedMatrix _encoder;
    private readonly float[]? _norms;

    /// <summary>Creates a dictionary, which then owns the arrays.</summary>
    /// <param name="config">What it is.</param>
    /// <param name="encoder">W_enc, [d_in, d_sae].</param>
    /// <param name="encoderBias">b_enc, [d_sae].</param>
    /// <param name="decoder">W_dec, [d_sae, d_in].</param>
    /// <param name="decoderBias">b_dec, [d_in].</param>
    /// <exception cref="PellucidException">The architecture or an option cannot be computed.</exception>
    /// <exception cref="ShapeException">An array does not have the shape that the config claims.</exception>
    public Dictionary(DictionaryConfig config, Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias)
    {
        if (Problem(config) is { } problem)
        {
            throw new PellucidException($"Dictionary: {problem}.");
        }

        Require("W_enc", encoder, new Shape(config.DIn, config.DSae).Named("d_in", "d_sae"));
        Require("b_enc", encoderBias, new Shape(config.DSae).Named("d_sae"));
        Require("W_dec", decoder, new Shape(config.DSae, config.DIn).Named("d_sae", "d_in"));
        Require("b_dec", decoderBias, new Shape(config.DIn).Named("d_in"));
        (Config, WEnc, BEnc, WDec, BDec) = (config, encoder, encoderBias, decoder, decoderBias);
        _encoder = PackedMatrix.Pack(encoder.AsSpan(), config.DIn, config.DSae, outputsByInputs: false);
        if (config.RescaleActsByDecoderNorm)
        {
            _norms = new float[config.DSae];
            for (int latent = 0; latent < _norms.Length; latent++)
            {
                _norms[latent] = RowLoops.Norm(decoder.Row(latent));
            }
        }

        Latents = new DictionaryLatents(this);
    }

    /// <summary>What it is.</summary>
    public DictionaryConfig Config { get; }

    /// <summary>W_enc, [d_in, d_sae].</summary>
    public Tensor WEnc { get; }

    /// <summary>b_enc, [d_sae].</summary>
    public Tensor BEnc { get; }

    /// <summary>W_dec, [d_sae, d_in].</summary>
    public Tensor WDec { get; }

    /// <summary>b_dec, [d_in].</summary>
    public Tensor BDec { get; }

    /// <summary>The hook that it reads and writes.</summary>
    /// <exception cref="PellucidException">Its config names none.</exception>
    public string Hook => Config.Metadata.HookName
        ?? throw new PellucidException("This dictionary does not say which hook it belongs to. Put metadata.hook_name into its cfg.json.");

    /// <summary>Its latents as units of the hook. Borrows the dictionary.</summary>
    public IUnits Latents { get; }

    /// <summary>Statistics and examples of the latents on the text that it was trained on, where they were saved with it.</summary>
    public UnitSummary? Statistics { get; init; }

    /// <summary>Share of latents without any activation on the training text, 0 to 1; null without statistics.</summary>
    public double? DeadFraction => Statistics is null
        ? null
        : Enumerable.Range(0, Statistics.Units).Count(latent => Statistics.ActiveTokens(latent) == 0) / (double)Statistics.Units;

    /// <summary>Mean of each input dimension over the training text, [d_in], where it was saved with it.</summary>
    public IReadOnlyList<float>? InputMean { get; init; }

    /// <summary>log10 of each latent's density, as its publisher measured it, where that was saved with it.</summary>
    public IReadOnlyList<float>? LogSparsity { get; init; }

    /// <summary>The latents of some activations, silent ones as 0.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="x">[..., d_in].</param>
    /// <returns>[rows, d_sae], a row for each leading index.</returns>
    /// <exception cref="ShapeException">The width is not d_in.</exception>
    /// <exception cref="PellucidException">A row holds NaN.</exception>
    public Tensor Encode(Ops ops, Tensor x)
    {
        SparseLatents sparse = EncodeSparse(ops, x);
        Tensor dense = sparse.ToDense(ops);
        ops.Release(sparse.Values);
        ops.Release(sparse.Indices);
        return dense;
    }

    /// <summary>The active latents of some activations.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="x">[..., d_in].</param>
    /// <returns>k places for each leading index.</returns>
    /// <exception cref="ShapeException">The width is not d_in.</exception>
    /// <exception cref="PellucidException">A row holds NaN.</exception>
    public SparseLatents EncodeSparse(Ops ops, Tensor x)
    {
        Tensor rows = RowsOf(ops, x);
        Tensor input = Config.ApplyBDecToInput ? ops.Add(rows, ops.Scale(BDec, -1)) : rows;
        Tensor linear = ops.Linear(input, _encoder), biased = ops.Add(linear, BEnc);
        ops.Release(linear);
        if (_norms is not null)
        {
            using Tensor norms = Tensor.From(_norms);
            biased = ops.Multiply(biased, norms);
        }

        (Tensor values, Tensor indices) = ops.TopK(biased, Config.K);
        ops.Release(biased);
        KeepPositive(values);
        return new SparseLatents(values, indices, Config.DSae);
    }

    /// <summary>What the latents stand for: W_dec f + b_dec.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="latents">[rows, d_sae].</param>
    /// <returns>[rows, d_in].</returns>
    /// <exception cref="ShapeException">The width is not d_sae.</exception>
    public Tensor Decode(Ops ops, Tensor latents)
    {
        if (latents.Shape.Rank != 2 || latents.Shape.Width != Config.DSae)
        {
            throw new ShapeException($"Decode: {latents.Shape} is not [rows, d_sae {Config.DSae}].");
        }

        Tensor scaled = latents;
        if (_norms is not null)
        {
            using Tensor inverse = Tensor.From(Array.ConvertAll(_norms, Inverse));
            scaled = ops.Multiply(latents, inverse);
        }

        return ops.Add(ops.MatMul(scaled, WDec), BDec);
    }

    /// <summary>What the active latents stand for: W_dec f + b_dec.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="latents">The active latents.</param>
    /// <returns>[rows, d_in].</returns>
    /// <exception cref="ShapeException">They are of another dictionary's size.</exception>
    public Tensor Decode(Ops ops, SparseLatents latents)
    {
        if (latents.Latents != Config.DSae)
        {
            throw new ShapeException($"Decode: latents of a dictionary of {latents.Latents} cannot be decoded by one of {Config.DSae}.");
        }

        Tensor result = ops.Broadcast(BDec, new Shape(latents.Rows, Config.DIn));
        RowLoops.For(latents.Rows, 64, (start, end) =>
        {
            ReadOnlySpan<int> indices = latents.Indices.AsSpan<int>();
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> values = latents.Values.Row(row);
                for (int place = 0; place < values.Length && values[place] > 0; place++)
                {
                    int latent = indices[(row * values.Length) + place];
                    RowLoops.AddScaled(result.Row(row), WDec.Row(latent), values[place] * Unit(latent));
                }
            }
        });
        return result;
    }

    /// <summary>Activations as the dictionary sees them, in their own shape.</summary>
    /// <param name="ops">The scope that owns the result.</param>
    /// <param name="x">[..., d_in].</param>
    /// <returns>[..., d_in].</returns>
    /// <exception cref="ShapeException">The width is not d_in.</exception>
    /// <exception cref="PellucidException">A row holds NaN.</exception>
    public Tensor Reconstruct(Ops ops, Tensor x) => ops.Own(Decode(ops, EncodeSparse(ops, x)).Reshape(x.Shape));

    /// <summary>Refuses a model whose hook this dictionary does not fit.</summary>
    /// <exception cref="HookNotFoundException">The model has no such hook.</exception>
    /// <exception cref="ShapeException">The hook has another width.</exception>
    public void RequireFits(Model model)
    {
        HookPoint point = model.Hooks[Hook];
        if (point.Width != Config.DIn)
        {
            throw new ShapeException($"A dictionary of width {Config.DIn} does not fit {point} of model '{model.Name}'. Open the model that it was trained on.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        WEnc.Dispose();
        BEnc.Dispose();
        WDec.Dispose();
        BDec.Dispose();
    }

    /// <summary>What is wrong with a config, or null.</summary>
    internal static string? Problem(DictionaryConfig config)
    {
        if (config.Architecture != DictionaryConfig.TopK)
        {
            return $"its architecture is '{config.Architecture}'; '{DictionaryConfig.TopK}' can be read";
        }

        if (config.NormalizeActivations != DictionaryConfig.None)
        {
            return $"its normalize_activations is '{config.NormalizeActivations}'; 'none' can be read";
        }

        if (config.ReshapeActivations != DictionaryConfig.None)
        {
            return $"its reshape_activations is '{config.ReshapeActivations}'; 'none' can be read";
        }

        if (config.Metadata.HookHeadIndex is { } head)
        {
            return $"its hook_head_index is {head}; dictionaries of whole hooks can be read";
        }

        return config.DIn < 1 || config.DSae < 1 || config.K < 1 || config.K > config.DSae
            ? $"its sizes d_in {config.DIn}, d_sae {config.DSae}, k {config.K} are impossible: all must be positive and k at most d_sae"
            : null;
    }

    private static float Inverse(float norm) => norm == 0 ? 0 : 1 / norm;

    private static void Require(string name, Tensor tensor, Shape shape)
    {
        if (tensor.Shape != shape || tensor.DType != DType.F32 || !tensor.IsContiguous)
        {
            throw new ShapeException($"Dictionary: {name} is {tensor}; {DType.F32} {shape} was expected.");
        }
    }

    /// <summary>ReLU; a row of NaN, which no comparison finds, is told from a silent one.</summary>
    private static void KeepPositive(Tensor values)
    {
        for (int row = 0; row < values.Shape[0]; row++)
        {
            Span<float> best = values.Row(row);
            if (float.IsNegativeInfinity(best[0]) || float.IsNaN(best[0]))
            {
                throw new PellucidException($"Row {row} of the activations holds NaN or infinity, so it has no latents. Find where the model or the intervention makes it.");
            }

            for (int place = best.Length - 1; place >= 0 && !(best[place] > 0); place--)
            {
                best[place] = 0;
            }
        }
    }

    private float Unit(int latent) => _norms is null ? 1 : Inverse(_norms[latent]);

    private Tensor RowsOf(Ops ops, Tensor x)
    {
        if (x.Shape.Rank == 0 || x.Shape.Width != Config.DIn)
        {
            throw new ShapeException($"Encode: {x.Shape} does not end in the dictionary's d_in, {Config.DIn}.");
        }

        Tensor plain = x.IsContiguous && x.DType == DType.F32 ? x : ops.Own(x.To(DType.F32));
        return ops.Own(plain.Reshape(new Shape(x.Shape.Rows, Config.DIn)));
    }
}
