// Llama: Touvron et al. 2023, arXiv:2302.13971; GPT-2: Radford et al. 2019; and others, all put together by the facts of a config: norms
// (RMSNorm, arXiv:1910.07467, LayerNorm, arXiv:1607.06450, or none) before attention and MLP, x + F(norm(x)), after the sum, norm(x + F(x)) (Devlin
// et al. 2018, arXiv:1810.04805), or before and after them, x + norm(F(norm(x))) (arXiv:2408.00118); one after the other or side by side
// (arXiv:2204.06745); rotary (arXiv:2104.09864) or learned positions or none; grouped-query attention (arXiv:2305.13245) with or without normed
// queries and keys (arXiv:2302.05442), soft caps and windows, causal or both ways; an MLP with a gate (arXiv:2002.05202) or without.
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
    private int _length;
    private int[] _indices = [];
    private Tensor? _places;
    private Tensor? _ranges;
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

        (_model, _tokens, _capture, _cache, _prompt, _cancellationToken) = (model, tokens, capture, cache, prompt, cancellationToken);
        (_start, _ops) = (cache?.Length ?? 0, _scope);
        _logits = Config.HasUnembedding ? logits : LogitsWanted.None;
        _length = _start + tokens.Positions - tokens.LeastBefore;
        (_places, _ranges, _narrows) = (Places(), Ranges(), Narrows());
        _lastPlaces = _narrows && _places is not null ? LastPlaces(_places) : null;
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

        (_cache, _places, _lastPlaces, _ranges) = (null, null, null, null);
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

        if (Done)
        {
            return null;
        }

        Pool(residual);
        return Unembed(residual);
    }

    private Tensor Block(int layer, Tensor residual)
    {
        LayerHookNames names = _model.LayerNames[layer];
        LayerWeights weights = _model.Weights.Layers[layer];
        residual = At(names.ResidPre, residual);
        return Done ? residual
            : Config.NormPlacement == NormPlacement.After ? NormedAfter(names, weights, layer, residual)
            : Config.Block == BlockKind.Serial ? Serial(names, weights, layer, residual)
            : Parallel(names, weights, layer, residual);
    }

    private Tensor Serial(LayerHookNames names, LayerWeights weights, int layer, Tensor residual)
    {
        Tensor read = Norm(residual, weights.Ln1, names.Ln1Scale, names.Ln1Normalized);
        Tensor attention = Attention(names, weights, layer, read, isOwn: read != residual);
        attention = Added(names.AttnOut, attention, weights.Ln1Post, names.AttnWritten, names.Ln1PostScale, names.Ln1PostNormalized);
        residual = AskedAway(layer, residual);
        Tensor middle = At(names.ResidMid, Sum(residual, attention));
        if (Done)
        {
            return middle;
        }

        read = Norm(middle, weights.Ln2, names.Ln2Scale, names.Ln2Normalized);
        return Mlp(names, weights, read, isOwn: read != middle) is { } output ? At(names.ResidPost, Sum(middle, output)) : middle;
    }

    private Tensor Parallel(LayerHookNames names, LayerWeights weights, int layer, Tensor residual)
    {
        Tensor read = Norm(residual, weights.Ln1, names.Ln1Scale, names.Ln1Normalized);
        bool isShared = weights.Ln2 is null;
        Tensor attention = At(names.AttnOut, Attention(names, weights, layer, read, isOwn: !isShared));
        if (Done)
        {
            return residual;
        }

        residual = AskedAway(layer, residual);
        read = isShared ? AskedAway(layer, read) : Norm(residual, weights.Ln2, names.Ln2Scale, names.Ln2Normalized);
        return Mlp(names, weights, read, isOwn: read != residual) is { } output
            ? At(names.ResidPost, Sum(Sum(residual, attention), output))
            : residual;
    }

    private Tensor NormedAfter(LayerHookNames names, LayerWeights weights, int layer, Tensor residual)
    {
        Tensor attention = At(names.AttnOut, Attention(names, weights, layer, residual, isOwn: false));
        Tensor middle = At(names.ResidMid, Sum(AskedAway(layer, residual), attention));
        middle = NormedAway(middle, weights.Ln1, names.Ln1Scale, names.Ln1Normalized);
        if (Done || Mlp(names, weights, middle, isOwn: false) is not { } output)
        {
            return middle;
        }

        Tensor sum = At(names.ResidPost, Sum(middle, output));
        return At(names.NormalizedResidPost, NormedAway(sum, weights.Ln2, names.Ln2Scale, names.Ln2Normalized));
    }

    /// <summary>What attention or MLP adds to the residual stream: what it writes, or that normed.</summary>
    private Tensor Added(string name, Tensor written, NormWeights? norm, string writtenName, string scaleName, string normalizedName) =>
        At(name, norm is null ? written : NormedAway(At(writtenName, written), norm, scaleName, normalizedName));

    /// <summary>A norm's result; x itself where there is none. The kind of norm is told by its parameters.</summary>
    private Tensor Norm(Tensor x, NormWeights? weights, string scaleName, string normalizedName)
    {
        if (weights is null)
        {
            return x;
        }

        (Tensor weight, Tensor? bias) = (Watched(weights.Weight), weights.Bias is null ? null : Watched(weights.Bias));
        if (!Wanted(scaleName) && !Wanted(normalizedName))
        {
            return bias is null ? _ops.RmsNorm(x, weight, Config.NormEpsilon) : _ops.LayerNorm(x, weight, bias, Config.NormEpsilon);
        }

        Tensor read = bias is null ? x : _ops.Center(x);
        Tensor scale = At(scaleName, _ops.RmsScale(read, Config.NormEpsilon));
        Tensor normalized = _ops.Multiply(At(normalizedName, _ops.DivideRows(read, scale)), weight);
        return bias is null ? normalized : _ops.Add(normalized, bias);
    }

    /// <summary>A norm's result in place of x, which is let go of.</summary>
    private Tensor NormedAway(Tensor x, NormWeights? weights, string scaleName, string normalizedName)
    {
        Tensor normed = Norm(x, weights, scaleName, normalizedName);
        if (normed != x)
        {
            _ops.Release(x);
        }

        return normed;
    }

    /// <summary>What the MLP adds to the residual stream, or null where everything asked for has been seen.</summary>
    private Tensor? Mlp(LayerHookNames names, LayerWeights weights, Tensor x, bool isOwn)
    {
        Tensor neurons = At(names.MlpPost, weights.Gate is null ? Plain(names, weights, x, isOwn) : Gated(names, weights, weights.Gate, x, isOwn));
        if (Done)
        {
            return null;
        }

        Tensor written = Linear(neurons, weights.Out);
        _ops.Release(neurons);
        return Added(names.MlpOut, written, weights.Ln2Post, names.MlpWritten, names.Ln2PostScale, names.Ln2PostNormalized);
    }

    private Tensor Plain(LayerHookNames names, LayerWeights weights, Tensor x, bool isOwn)
    {
        bool isFused = !Wanted(names.MlpPre);
        Tensor before = isFused ? Linear(x, weights.In, Config.MlpActivation) : At(names.MlpPre, Linear(x, weights.In));
        if (isOwn)
        {
            _ops.Release(x);
        }

        if (isFused)
        {
            return before;
        }

        Tensor neurons = _ops.Activate(before, Config.MlpActivation);
        _ops.Release(before);
        return neurons;
    }

    private Tensor Gated(LayerHookNames names, LayerWeights weights, Projection gateWeights, Tensor x, bool isOwn)
    {
        Tensor gate = At(names.MlpPre, Linear(x, gateWeights));
        Tensor up = At(names.MlpPreLinear, Linear(x, weights.In));
        if (isOwn)
        {
            _ops.Release(x);
        }

        Tensor neurons = Config.MlpActivation == Activation.Silu ? _ops.SwiGlu(gate, up) : _ops.Multiply(_ops.Activate(gate, Config.MlpActivation), up);
        _ops.Release(gate);
        _ops.Release(up);
        return neurons;
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
