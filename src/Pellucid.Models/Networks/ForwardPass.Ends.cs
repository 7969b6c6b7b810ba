using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>What stands before the blocks and behind them.</content>
internal sealed partial class ForwardPass
{
    private Tensor Embed()
    {
        NetworkWeights weights = _model.Weights;
        Shape places = new(_tokens.Count, _tokens.Positions);
        Tensor sum = _ops.GatherOutputs(weights.Embedding, _tokens.Span, places);
        if (Config.EmbeddingScale != 1)
        {
            sum = InPlaceOf(sum, _ops.Scale(sum, Config.EmbeddingScale));
        }

        if (weights.EmbeddingProjection is { } wider)
        {
            sum = InPlaceOf(sum, Linear(sum, wider));
        }

        sum = At(Hook.Embed, sum);
        if (weights.Positions is { } positions)
        {
            sum = Sum(sum, At(Hook.PosEmbed, _ops.Gather(Watched(positions), PositionsOf(), places)));
        }

        if (weights.TokenTypes is { } types)
        {
            sum = Sum(sum, At(Hook.TokenTypeEmbed, _ops.Gather(Watched(types), TypesOf(), places)));
        }

        return weights.EmbeddingNorm is { } norm ? At(Hook.FullEmbed, NormedAway(sum, norm, Hook.EmbedScale, Hook.EmbedNormalized)) : sum;
    }

    /// <summary>The pooled output and what is made of it, where somebody looks.</summary>
    private void Pool(Tensor residual)
    {
        bool follows = _model.Weights.NextSentence is not null && Wanted(Hook.NextSentenceOut);
        if (_model.Weights.Pooler is not { } pooler || !(follows || Wanted(Hook.PoolerOut)))
        {
            return;
        }

        Span<int> rows = Indices(_tokens.Count);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = (row * _tokens.Positions) + _tokens.First[row];
        }

        Tensor first = _ops.Gather(_ops.Reshape(residual, new Shape(_tokens.Count * _tokens.Positions, Config.DModel)), rows, new Shape(_tokens.Count));
        Tensor pooled = At(Hook.PoolerOut, _ops.Tanh(Linear(first, pooler)));
        if (follows)
        {
            At(Hook.NextSentenceOut, Linear(pooled, _model.Weights.NextSentence!));
        }
    }

    /// <summary>Logits of the positions that are read; the last norms too are taken of those alone, unless somebody looks at them.</summary>
    private Tensor? Unembed(Tensor residual)
    {
        NetworkWeights weights = _model.Weights;
        bool transformed = weights.LogitTransform is not null && (Wanted(Hook.LogitScale) || Wanted(Hook.LogitNormalized));
        bool looked = transformed || Wanted(Hook.FinalScale) || Wanted(Hook.FinalNormalized);
        Tensor x = Norm(looked ? residual : Read(residual), weights.FinalNorm, Hook.FinalScale, Hook.FinalNormalized);
        if (weights.LogitTransform is { } dense && (transformed || _logits != LogitsWanted.None))
        {
            x = NormedAway(Linear(x, dense, Config.MlpActivation), weights.LogitNorm, Hook.LogitScale, Hook.LogitNormalized);
        }

        if (_logits == LogitsWanted.None)
        {
            return null;
        }

        x = looked ? Read(x) : x;
        x = weights.UnembeddingProjection is { } narrower ? Linear(x, narrower) : x;
        Tensor logits = Linear(x, weights.Unembedding!);
        return Config.LogitSoftCap > 0 ? InPlaceOf(logits, _ops.SoftCap(logits, Config.LogitSoftCap)) : logits;
    }

    private Tensor Read(Tensor x)
    {
        if (_recording is { ReadsLogits: true })
        {
            ReadOnlySpan<int> rows = _recording.Rows;
            return _ops.Gather(_ops.Reshape(x, new Shape(_tokens.Count * _tokens.Positions, Config.DModel)), rows, new Shape(rows.Length));
        }

        return _logits == LogitsWanted.Last ? _ops.Slice(x, 1, x.Shape[1] - 1, 1) : x;
    }

    /// <summary>The array that was made of one, which is let go of.</summary>
    private Tensor InPlaceOf(Tensor old, Tensor made)
    {
        _ops.Release(old);
        return made;
    }

    /// <summary>The position embedded at every column; padding has those of its neighbours.</summary>
    private ReadOnlySpan<int> PositionsOf()
    {
        Span<int> positions = Indices(_tokens.Count * _tokens.Positions);
        for (int i = 0; i < positions.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, _tokens.Positions);
            positions[i] = Math.Max(0, _start + column - (_tokens.PositionsCountPadding ? 0 : _tokens.First[row]));
        }

        return positions;
    }

    private ReadOnlySpan<int> TypesOf()
    {
        if (!_tokens.Types.IsEmpty)
        {
            return _tokens.Types;
        }

        Span<int> none = Indices(_tokens.Count * _tokens.Positions);
        none.Clear();
        return none;
    }

    /// <summary>Positions [batch, column] of rotary embedding where they are not the columns; null where they are.</summary>
    private Tensor? Places() =>
        Config.PositionEmbedding == PositionKind.Rotary && _tokens.IsPaddedBefore && !_tokens.PositionsCountPadding
            ? _scope.Integers(PositionsOf(), new Shape(_tokens.Count, _tokens.Positions))
            : null;

    /// <summary>
    /// The keys of each sequence [batch, 2], the first and their end, where padding would be seen; null where it would not. A causal network does not
    /// see what is behind.
    /// </summary>
    private Tensor? Ranges()
    {
        if (!_tokens.IsPaddedBefore && (Config.IsCausal || !_tokens.IsPadded))
        {
            return null;
        }

        Span<int> ranges = Indices(2 * _tokens.Count);
        for (int row = 0; row < _tokens.Count; row++)
        {
            int first = _tokens.First[row];
            ranges[2 * row] = first;
            ranges[(2 * row) + 1] = Config.IsCausal ? _start + _tokens.Positions : first + _tokens.Lengths[row];
        }

        return _scope.Integers(ranges, new Shape(_tokens.Count, 2));
    }

    /// <summary>Room for so many indices, which the next call writes over.</summary>
    private Span<int> Indices(int count)
    {
        _indices = _indices.Length >= count ? _indices : new int[count];
        return _indices.AsSpan(0, count);
    }
}
