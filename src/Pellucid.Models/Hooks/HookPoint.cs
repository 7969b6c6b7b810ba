using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>One named activation of a model.</summary>
/// <param name="Name">Its stable name: <c>blocks.6.hook_resid_post</c>.</param>
/// <param name="Axes">Names of its axes, outermost first.</param>
/// <param name="Sizes">Sizes of its axes; 0 where the run decides (batch, pos, query, key).</param>
/// <param name="Layer">The block it belongs to; −1 before the first, the number of blocks after the last.</param>
/// <param name="Description">What it holds.</param>
public sealed record HookPoint(string Name, IReadOnlyList<string> Axes, IReadOnlyList<int> Sizes, int Layer, string Description)
{
    private readonly Shape _named = new Shape([.. Sizes]).Named([.. Axes]);

    /// <summary>Size of the last axis: how many units the hook has at a position; 0 where the run decides.</summary>
    public int Width => Sizes[^1];

    /// <summary>Which axis counts positions: 1, or the query axis of scores and patterns; −1 where a sequence has one value for all positions.</summary>
    public int PositionAxis => Axes.Contains("query") ? 2 : Axes.Contains("pos") ? 1 : -1;

    /// <summary>Which axis counts heads, or −1.</summary>
    public int HeadAxis => Axes.Contains("query") ? 1 : Axes.Contains("head") || Axes.Contains("kv_head") ? 2 : -1;

    /// <summary>How many of the last axes have sizes that do not depend on the run.</summary>
    internal int TrailingAxes => Sizes.Reverse().TakeWhile(size => size != 0).Count();

    /// <summary>The shape of the whole activation in a run of these tokens from position 0.</summary>
    internal Shape ShapeOf(TokenBatch tokens)
    {
        Span<int> sizes = stackalloc int[Sizes.Count];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = Sizes[axis] != 0 ? Sizes[axis] : Axes[axis] == "batch" ? tokens.Count : tokens.Positions;
        }

        return Named(sizes);
    }

    /// <summary>Sizes under the names of the axes.</summary>
    internal Shape Named(ReadOnlySpan<int> sizes) => _named.WithSizes(sizes);

    /// <summary>Whether a value with these trailing sizes fits the end of the hook's shape.</summary>
    internal bool Takes(Shape trailing)
    {
        if (trailing.Rank > Sizes.Count)
        {
            return false;
        }

        for (int axis = 1; axis <= trailing.Rank; axis++)
        {
            if (Sizes[^axis] != 0 && trailing[^axis] != Sizes[^axis])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", Axes.Zip(Sizes, (axis, size) => size == 0 ? axis : $"{axis} {size}"))}]";
}
