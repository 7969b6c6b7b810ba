using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>Attention, fused where neither scores nor pattern are looked at.</content>
internal sealed partial class ForwardPass
{
    /// <summary>What attention makes of x, which is let go of where it is attention's alone.</summary>
    private Tensor Attention(LayerHookNames names, LayerWeights weights, int layer, Tensor x, bool isOwn)
    {
        Tensor asked = Asked(layer, x);
        Tensor q = At(names.Q, Heads(Linear(asked, weights.Q), Config.Heads));
        Tensor k = At(names.K, Heads(Linear(x, weights.K), Config.KeyHeads));
        Tensor v = At(names.V, Heads(Linear(x, weights.V), Config.KeyHeads));
        if (asked != x)
        {
            _ops.Release(asked);
        }

        if (isOwn)
        {
            _ops.Release(x);
        }

        q = NormedAway(q, weights.QNorm, names.QNormScale, names.QNormNormalized);
        k = NormedAway(k, weights.KNorm, names.KNormScale, names.KNormNormalized);
        if (_model.Plan.RotaryOf(layer, _length) is { } angles)
        {
            q = Rotated(names.RotQ, q, angles);
            k = Rotated(names.RotK, k, angles);
        }

        (Tensor keys, Tensor values) = (k, v);
        if (_cache is not null)
        {
            (keys, values) = _cache.Append(layer, k, v);
            _ops.Own(keys);
            _ops.Own(values);
        }

        Tensor z = At(names.Z, Mix(names, q, keys, values, _model.Plan.AttentionOf(layer)));
        foreach (Tensor used in (ReadOnlySpan<Tensor>)[q, k, v])
        {
            _ops.Release(used);
        }

        if (Wanted(names.Result))
        {
            Tensor written = _ops.Sum(At(names.Result, Results(z, weights.O.Weight)), axis: 2);
            return weights.O.Bias is { } bias ? _ops.Add(written, Watched(bias)) : written;
        }

        Tensor flat = _ops.Reshape(z, new Shape(_tokens.Count, z.Shape[1], Config.Heads * Config.DHead));
        Tensor output = Linear(flat, weights.O);
        _ops.Release(z);
        _ops.Release(flat);
        return output;
    }

    private Tensor Rotated(string name, Tensor x, RotaryTable angles)
    {
        int skipped = _tokens.Positions - x.Shape[1];
        Tensor? places = skipped == 0 ? _places : _lastPlaces;
        Tensor rotated = At(name, places is null ? _ops.Rotary(x, angles, _start + skipped) : _ops.Rotary(x, angles, places));
        _ops.Release(x);
        return rotated;
    }

    private Tensor Mix(LayerHookNames names, Tensor q, Tensor k, Tensor v, AttentionOptions options)
    {
        if (!Wanted(names.AttnScores) && !Wanted(names.Pattern))
        {
            return _ops.Attention(q, k, v, options, _ranges);
        }

        if (KeepsRowsAlone(names, options))
        {
            KeepRows(names, q, k, options);
            return _ops.Attention(q, k, v, options, _ranges);
        }

        Tensor scores = At(names.AttnScores, _ops.AttentionScores(q, k, options, _ranges));
        return _ops.AttentionMix(At(names.Pattern, IsMasked(options) ? _ops.AttentionSoftmax(scores, options, _ranges) : _ops.Softmax(scores)), v);
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

    /// <summary>[batch, pos, head · d_head] seen as [batch, pos, head, d_head]; the view keeps the memory, so x itself is let go.</summary>
    private Tensor Heads(Tensor x, int heads)
    {
        Tensor view = _ops.Reshape(x, new Shape(_tokens.Count, x.Shape[1], heads, Config.DHead));
        _ops.Release(x);
        return view;
    }
}
