// Llama: Touvron et al. 2023, arXiv:2302.13971. Pre-norm blocks x + Attn(norm(x)), x + MLP(norm(x)) with RMSNorm
// (arXiv:1910.07467), rotary positions (arXiv:2104.09864), grouped-query attention (arXiv:2305.13245), SwiGLU (arXiv:2002.05202).
using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <summary>
/// One pass of a network over a batch: the only place where a forward computation is written. Each activation goes through
/// <see cref="At"/>, which applies interventions and keeps what was asked for; where neither is wanted, fused operations are used.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly Model _model;
    private readonly TokenBatch _tokens;
    private readonly RunOptions _options;
    private readonly KeyValueCache? _cache;
    private readonly Ops _ops = new();
    private readonly Dictionary<string, Tensor> _kept = new(StringComparer.Ordinal);
    private readonly int _start;
    private readonly int _prompt;

    internal ForwardPass(Model model, TokenBatch tokens, RunOptions options, KeyValueCache? cache, int prompt)
    {
        (_model, _tokens, _options, _cache, _prompt) = (model, tokens, options, cache, prompt);
        _start = cache?.Length ?? 0;
    }

    private ModelConfig Config => _model.Config;

    /// <summary>Whether nothing that is still to be computed was asked for.</summary>
    private bool Done => _options.Logits == LogitsWanted.None && _kept.Count == _options.Capture.Hooks.Count;

    internal Run Execute()
    {
        try
        {
            Tensor? logits = Compute();
            _cache?.Advance(_tokens.Positions);
            return new Run(_tokens, logits, _kept);
        }
        catch
        {
            foreach (Tensor tensor in _kept.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    public void Dispose() => _ops.Dispose();

    private Tensor? Compute()
    {
        Tensor residual = At(Hook.Embed, _ops.Gather(_model.Weights.Embedding, _tokens.Span, new Shape(_tokens.Count, _tokens.Positions)));
        for (int layer = 0; layer < Config.Layers && !Done; layer++)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            residual = Block(layer, residual);
        }

        return Done ? null : Unembed(residual);
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

        Tensor output = At(names.MlpOut, _ops.Linear(neurons, weights.Down));
        _ops.Release(neurons);
        return At(names.ResidPost, Sum(middle, output));
    }

    private Tensor Norm(Tensor x, Tensor weight, string scaleName, string normalizedName)
    {
        if (!Wanted(scaleName) && !Wanted(normalizedName))
        {
            return _ops.RmsNorm(x, weight, Config.NormEpsilon);
        }

        Tensor scale = At(scaleName, _ops.RmsScale(x, Config.NormEpsilon));
        Tensor normalized = At(normalizedName, _ops.DivideRows(x, scale));
        return _ops.Multiply(normalized, weight);
    }

    private Tensor Attention(LayerHookNames names, LayerWeights weights, int layer, Tensor x)
    {
        Tensor q = At(names.Q, Heads(_ops.Linear(x, weights.Q), Config.Heads));
        Tensor k = At(names.K, Heads(_ops.Linear(x, weights.K), Config.KeyHeads));
        Tensor v = At(names.V, Heads(_ops.Linear(x, weights.V), Config.KeyHeads));
        _ops.Release(x);
        Tensor rotatedQ = At(names.RotQ, _ops.Rotary(q, _model.Rotary, _start));
        Tensor rotatedK = At(names.RotK, _ops.Rotary(k, _model.Rotary, _start));
        (Tensor keys, Tensor values) = (rotatedK, v);
        if (_cache is not null)
        {
            (keys, values) = _cache.Append(layer, rotatedK, v);
            _ops.Own(keys);
            _ops.Own(values);
        }

        Tensor z = At(names.Z, Mix(names, rotatedQ, keys, values));
        foreach (Tensor used in (Tensor[])[q, k, rotatedQ, rotatedK, v])
        {
            _ops.Release(used);
        }

        if (Wanted(names.Result))
        {
            return _ops.Sum(At(names.Result, Results(z, weights.O)), axis: 2);
        }

        Tensor flat = _ops.Reshape(z, new Shape(_tokens.Count, _tokens.Positions, Config.Heads * Config.DHead));
        Tensor output = _ops.Linear(flat, weights.O);
        _ops.Release(z);
        _ops.Release(flat);
        return output;
    }

    private Tensor Mix(LayerHookNames names, Tensor q, Tensor k, Tensor v)
    {
        float scale = 1 / MathF.Sqrt(Config.DHead);
        if (!Wanted(names.AttnScores) && !Wanted(names.Pattern))
        {
            return _ops.Attention(q, k, v, scale);
        }

        Tensor scores = At(names.AttnScores, _ops.AttentionScores(q, k, scale));
        return _ops.AttentionMix(At(names.Pattern, _ops.CausalSoftmax(scores)), v);
    }

    /// <summary>The MLP's neurons, or null where everything asked for has been seen.</summary>
    private Tensor? Neurons(LayerHookNames names, LayerWeights weights, Tensor x)
    {
        Tensor gate = At(names.MlpPre, _ops.Linear(x, weights.Gate));
        Tensor up = At(names.MlpPreLinear, _ops.Linear(x, weights.Up));
        _ops.Release(x);
        Tensor neurons = At(names.MlpPost, _ops.SwiGlu(gate, up));
        _ops.Release(gate);
        _ops.Release(up);
        return Done ? null : neurons;
    }

    private Tensor? Unembed(Tensor residual)
    {
        Tensor normed = Norm(residual, _model.Weights.FinalNorm, Hook.FinalScale, Hook.FinalNormalized);
        if (_options.Logits == LogitsWanted.None)
        {
            return null;
        }

        if (_options.Logits == LogitsWanted.Last)
        {
            normed = _ops.Slice(normed, 1, _tokens.Positions - 1, 1);
        }

        return _ops.Linear(normed, _model.Weights.Unembedding).Named("batch", "pos", "d_vocab");
    }

    /// <summary>
    /// What each head writes, [batch, pos, head, d_model]: z once for each head, the other heads' parts of it zero, times the output matrix.
    /// </summary>
    private Tensor Results(Tensor z, PackedMatrix output)
    {
        int rows = _tokens.Count * _tokens.Positions, width = Config.Heads * Config.DHead;
        float[] own = new float[Config.Heads * width];
        int[] repeated = new int[rows * Config.Heads];
        for (int head = 0; head < Config.Heads; head++)
        {
            own.AsSpan((head * width) + (head * Config.DHead), Config.DHead).Fill(1);
        }

        for (int i = 0; i < repeated.Length; i++)
        {
            repeated[i] = i / Config.Heads;
        }

        Tensor flat = _ops.Reshape(z, new Shape(rows, width));
        Tensor each = _ops.Gather(flat, repeated, new Shape(_tokens.Count, _tokens.Positions, Config.Heads));
        return _ops.Linear(_ops.Multiply(each, _ops.Own(Tensor.From(own, new Shape(Config.Heads, width)))), output);
    }

    private Tensor Sum(Tensor residual, Tensor added)
    {
        Tensor sum = _ops.Add(residual, added);
        _ops.Release(residual);
        _ops.Release(added);
        return sum;
    }

    /// <summary>[batch, pos, head · d_head] seen as [batch, pos, head, d_head]; the view keeps the memory, so x itself is let go.</summary>
    private Tensor Heads(Tensor x, int heads)
    {
        Tensor view = _ops.Reshape(x, new Shape(_tokens.Count, _tokens.Positions, heads, Config.DHead));
        _ops.Release(x);
        return view;
    }

    private bool Wanted(string hook) => _options.Capture.Hooks.Contains(hook) || _model.InterventionsAt.ContainsKey(hook);

    private Tensor At(string hook, Tensor value)
    {
        if (_model.InterventionsAt.TryGetValue(hook, out Intervention[]? interventions))
        {
            HookContext context = new(_model.Hooks[hook], _tokens, _start, _prompt, Config.BosId);
            Tensor made = value;
            foreach (Intervention intervention in interventions)
            {
                value = intervention.Apply(_ops, value, context);
            }

            if (context.Point.Axes[^1] == "key")
            {
                value = _ops.SelectSeen(value, made);
            }
        }

        if (_options.Capture.Hooks.Contains(hook))
        {
            _kept[hook] = value.Named([.. _model.Hooks[hook].Axes]);
        }

        return value;
    }
}
