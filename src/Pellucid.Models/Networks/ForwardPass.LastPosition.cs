using Pellucid.Tensors;

namespace Pellucid.Models.Networks;

/// <content>
/// The last block where the last position's logits alone are read: other positions serve as its keys and values, and nothing else of them is computed.
/// Reading a long prompt saves most of a block in this way.
/// </content>
internal sealed partial class ForwardPass
{
    private bool _narrows;
    private Tensor? _lastPlaces;

    /// <summary>Whether the last block computes queries, mixing and MLP at the last position alone: nobody may look at anything of it.</summary>
    private bool Narrows()
    {
        int last = Config.Layers - 1;
        if (_logits != LogitsWanted.Last || _recording is not null || _tokens.Positions == 1 || last < 0
            || _model.Plan.AttentionOf(last) is { IsCausal: false, Window: not 0 })
        {
            return false;
        }

        foreach (string hook in _capture.Names)
        {
            if (IsBeyond(hook, last))
            {
                return false;
            }
        }

        foreach (string hook in _model.InterventionsAt.Keys)
        {
            if (IsBeyond(hook, last))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether an activation is made in a block or behind it; what enters the block is whole.</summary>
    private bool IsBeyond(string hook, int layer) => _model.Hooks[hook].Layer >= layer && hook != _model.LayerNames[layer].ResidPre;

    /// <summary>Of the positions of rotary embedding [batch, column] the last column.</summary>
    private Tensor LastPlaces(Tensor places)
    {
        Span<int> last = Indices(_tokens.Count);
        for (int row = 0; row < last.Length; row++)
        {
            last[row] = places.AsSpan<int>()[((row + 1) * _tokens.Positions) - 1];
        }

        return _scope.Integers(last, new Shape(_tokens.Count, 1));
    }

    /// <summary>The last position of [batch, pos, ...] where the block is one that needs no other, else all of x.</summary>
    private Tensor Asked(int layer, Tensor x) => _narrows && layer == Config.Layers - 1 ? _ops.Slice(x, 1, x.Shape[1] - 1, 1) : x;

    /// <summary>The same, in place of x, which is let go of; the view keeps the memory.</summary>
    private Tensor AskedAway(int layer, Tensor x)
    {
        Tensor asked = Asked(layer, x);
        if (asked != x)
        {
            _ops.Release(x);
        }

        return asked;
    }
}
