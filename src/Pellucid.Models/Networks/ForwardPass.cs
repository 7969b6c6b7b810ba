// Llama: Touvron et al. 2023, arXiv:2302.13971; GPT-2: Radford et al. 2019. Pre-norm blocks x + Attn(norm(x)), x + MLP(norm(x)), put together
// by the facts of a config: RMSNorm (arXiv:1910.07467), LayerNorm (arXiv:1607.06450) or none, rotary (arXiv:2104.09864) or learned positions or
// none, grouped-query attention (arXiv:2305.13245), causal or both ways, an MLP with a gate (arXiv:2002.05202) or without.
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>
/// One pass of a network over a batch: the only place where a forward computation is written. Each activation goes through
/// <see cref="At"/>, which applies interventions, watches it where its gradient was asked for, and keeps what is to be kept; where nobody
/// looks, fused operations are used. One pass can be made after another with the same object, which then works with the objects of the one before.
/// </summary>
internal sealed partial class ForwardPass : IDisposable
{
    private static readonly Shape LogitAxes = new Shape(0, 0, 0).Named("batch", "pos", "d_vocab_out");

    private readonly GradientRecording? _recording;
    private readonly Ops _scope;
    private readonly Ops _results = new();
    private readonly Dictionary<string, Tensor> _kept = new(StringComparer.Ordinal);
    private Model _model = null!;
    private TokenBatch _tokens = null!;
    private Capture _capture = Capture.None;
    private LogitsWanted _logits;
    private CancellationToken _cancellationToken;
    private KeyValueCache? _cache;
    private int _start;
    private int _prompt;
    private int[] _positions = [];
    private bool _isReused;
    private Ops _ops;

    /// <param name="recorded">Whether the passes go back, so that they are recorded.</param>
    internal ForwardPass(bool recorded)
    {
        _recording = recorded ? new GradientRecording() : null;
        _ops = _scope = _recording is null ? new Ops() : new Ops(_recording.Tape);
    }

    /// <summary>What was captured, by name.</summary>
    internal Dictionary<string, Tensor> Kept => _kept;

    private ModelConfig Config => _model.Config;

    /// <summary>Whether nothing that is still to be computed was asked for.</summary>
    private bool Done => !_goesBack && _logits == LogitsWanted.None && _kept.Count == _capture.Names.Length && _recording is null or { IsFed: true };

    /// <summary>Runs to the logits, or as far as anything is asked for.</summary>
    /// <returns>The logits, which this object owns, as it does what was captured, until it is disposed or makes another pass.</returns>
    internal Tensor? Execute(Model model, TokenBatch tokens, RunOptions options, KeyValueCache? cache, int prompt)
    {
        try
        {
            Begin(model, tokens, options.Capture, options.Logits, cache, prompt, options.CancellationToken);
            Tensor? logits = Compute();
            cache?.Advance(tokens.Positions);
            return logits is null ? null : Result(logits, LogitAxes.WithSizes(logits.Shape.Sizes));
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Frees the results.</summary>
    public void Dispose() => _results.Dispose();

    private void Begin(
        Model model, TokenBatch tokens, Capture capture, LogitsWanted logits, KeyValueCache? cache, int prompt, CancellationToken cancellationToken)
    {
        if (_model is not null)
        {
            _isReused = true;
            _scope.Reset();
            _results.Reset();
            _kept.Clear();
        }

        (_model, _tokens, _capture, _logits, _cache, _prompt, _cancellationToken) = (model, tokens, capture, logits, cache, prompt, cancellationToken);
        (_start, _ops) = (cache?.Length ?? 0, _scope);
    }

    /// <summary>Frees all but the results.</summary>
    private void End()
    {
        if (_isReused)
        {
            _scope.Reset();
        }
        else
        {
            _recording?.Tape.Dispose();
            _scope.Clear();
        }

        _cache = null;
    }

    /// <summary>An array as a result, under names for its axes: one more owner of its memory.</summary>
    private Tensor Result(Tensor x, Shape named) => x.IsContiguous ? _results.Reshape(x, named) : _results.Own(x.Named(named.Axes));

    private Tensor? Compute()
    {
        Tensor residual = Embed();
        for (int layer = 0; layer < Config.Layers && !Done; layer++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            residual = _recording is { } recording && recording.Recomputes(layer) ? RecomputedBlock(layer, residual) : Block(layer, residual);
        }

        return Done ? null : Unembed(residual);
    }

    private Tensor Embed()
    {
        Shape places = new(_tokens.Count, _tokens.Positions);
        Tensor tokens = At(Hook.Embed, _ops.GatherOutputs(_model.Weights.Embedding, _tokens.Span, places));
        if (_model.Weights.Positions is not { } table)
        {
            return tokens;
        }

        int count = _tokens.Count * _tokens.Positions;
        _positions = _positions.Length >= count ? _positions : new int[count];
        for (int i = 0; i < count; i++)
        {
            _positions[i] = _start + (i % _tokens.Positions);
        }

        return Sum(tokens, At(Hook.PosEmbed, _ops.Gather(Watched(table), _positions.AsSpan(0, count), places)));
    }

    private Tensor Block(int layer, Tensor residual)
    {
        LayerHookNames names = _model.LayerNames[layer];
        LayerWeights weights = _model.Weights.Layers[layer];
        residual = At(names.ResidPre, residual);
        if (Done)
        {
            return residual;
        }

        Tensor attention = At(names.AttnOut, Attention(names, weights, layer, Norm(residual, weights.Ln1, names.Ln1Scale, names.Ln1Normalized)));
        Tensor middle = At(names.ResidMid, Sum(residual, attention));
        if (Done)
        {
            return middle;
        }

        Tensor? neurons = Neurons(names, weights, Norm(middle, weights.Ln2, names.Ln2Scale, names.Ln2Normalized));
        if (neurons is null)
        {
            return middle;
        }

        Tensor output = At(names.MlpOut, Linear(neurons, weights.Out));
        _ops.Release(neurons);
        return At(names.ResidPost, Sum(middle, output));
    }

    private Tensor Norm(Tensor x, NormWeights? weights, string scaleName, string normalizedName)
    {
        if (weights is null)
        {
            return x;
        }

        (Tensor weight, Tensor? bias) = (Watched(weights.Weight), weights.Bias is null ? null : Watched(weights.Bias));
        bool centered = Config.Norm == NormKind.Layer;
        if (!Wanted(scaleName) && !Wanted(normalizedName))
        {
            return centered ? _ops.LayerNorm(x, weight, bias!, Config.NormEpsilon) : _ops.RmsNorm(x, weight, Config.NormEpsilon);
        }

        Tensor read = centered ? _ops.Center(x) : x;
        Tensor scale = At(scaleName, _ops.RmsScale(read, Config.NormEpsilon));
        Tensor normalized = _ops.Multiply(At(normalizedName, _ops.DivideRows(read, scale)), weight);
        return bias is null ? normalized : _ops.Add(normalized, bias);
    }

    /// <summary>Lets go of what <see cref="Norm"/> made; without norms that is the residual stream itself, which is still read.</summary>
    private void ReleaseNormed(Tensor x)
    {
        if (Config.Norm != NormKind.None)
        {
            _ops.Release(x);
        }
    }

    /// <summary>The MLP's neurons, or null where everything asked for has been seen.</summary>
    private Tensor? Neurons(LayerHookNames names, LayerWeights weights, Tensor x)
    {
        Tensor neurons = At(names.MlpPost, weights.Gate is null ? Plain(names, weights, x) : Gated(names, weights, weights.Gate, x));
        return Done ? null : neurons;
    }

    private Tensor Plain(LayerHookNames names, LayerWeights weights, Tensor x)
    {
        if (!Wanted(names.MlpPre))
        {
            Tensor fused = Linear(x, weights.In, Config.MlpActivation);
            ReleaseNormed(x);
            return fused;
        }

        Tensor before = At(names.MlpPre, Linear(x, weights.In));
        ReleaseNormed(x);
        Tensor neurons = _ops.Activate(before, Config.MlpActivation);
        _ops.Release(before);
        return neurons;
    }

    private Tensor Gated(LayerHookNames names, LayerWeights weights, Projection gateWeights, Tensor x)
    {
        Tensor gate = At(names.MlpPre, Linear(x, gateWeights));
        Tensor up = At(names.MlpPreLinear, Linear(x, weights.In));
        ReleaseNormed(x);
        Tensor neurons = Config.MlpActivation == Activation.Silu ? _ops.SwiGlu(gate, up) : _ops.Multiply(_ops.Activate(gate, Config.MlpActivation), up);
        _ops.Release(gate);
        _ops.Release(up);
        return neurons;
    }

    /// <summary>Logits of the positions that are read; the last norm too is taken of those alone, unless somebody looks at it.</summary>
    private Tensor? Unembed(Tensor residual)
    {
        bool looked = Wanted(Hook.FinalScale) || Wanted(Hook.FinalNormalized);
        Tensor normed = Norm(looked ? residual : Read(residual), _model.Weights.FinalNorm, Hook.FinalScale, Hook.FinalNormalized);
        if (_logits == LogitsWanted.None)
        {
            return null;
        }

        return Linear(looked ? Read(normed) : normed, _model.Weights.Unembedding);
    }

    private Tensor Read(Tensor x)
    {
        if (_recording is { ReadsLogits: true })
        {
            ReadOnlySpan<int> rows = _recording.Rows;
            return _ops.Gather(_ops.Reshape(x, new Shape(_tokens.Count * _tokens.Positions, Config.DModel)), rows, new Shape(rows.Length));
        }

        return _logits == LogitsWanted.Last ? _ops.Slice(x, 1, _tokens.Positions - 1, 1) : x;
    }

    private Tensor Linear(Tensor x, Projection projection, Activation activation = Activation.None) =>
        _ops.Linear(x, projection.Weight, projection.Bias is { } bias ? Watched(bias) : null, activation);

    private Tensor Sum(Tensor residual, Tensor added)
    {
        Tensor sum = _ops.Add(residual, added);
        _ops.Release(residual);
        _ops.Release(added);
        return sum;
    }

    /// <summary>A parameter as the pass has to use it: the watched one where its gradient was asked for.</summary>
    private Tensor Watched(Tensor parameter) => _recording?.Watched(parameter) ?? parameter;
}
