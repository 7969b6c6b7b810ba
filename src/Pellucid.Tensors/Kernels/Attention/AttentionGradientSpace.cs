using Pellucid.Tensors.Threading;

namespace Pellucid.Tensors.Kernels;

/// <summary>Where <see cref="AttentionGradient"/> keeps its pieces within the thread's own buffer; every piece is 64-byte aligned.</summary>
internal readonly unsafe struct AttentionGradientSpace
{
    private const int Lanes = QueryBlock.Lanes;

    internal AttentionGradientSpace(in AttentionArguments arguments, int vector)
    {
        (nint keys, nint size) = (arguments.Keys, arguments.Size);
        Width = (arguments.Size + vector - 1) / vector * vector;
        nint packed = Round((keys + Tile.PanelRows) * (size + Tile.PanelRows)), summed = Round(keys * Width);
        nint weights = keys * Lanes, columns = size * Lanes, rows = Round((nint)Lanes * Width);
        nint total = (3 * packed) + (2 * summed) + (arguments.SoftCap != 0 ? 2 * weights : weights) + (3 * columns) + (2 * rows);
        total += (Tile.PanelRows + AttentionGradient.KeyBlock + 2) * Lanes;
        KeyPanels = Scratch.Rent(2, total);
        KeyColumns = KeyPanels + packed;
        ValuePanels = KeyColumns + packed;
        KeyGradients = ValuePanels + packed;
        ValueGradients = KeyGradients + summed;
        Queries = ValueGradients + summed;
        UpperColumns = Queries + columns;
        QueryGradients = UpperColumns + columns;
        QueryRows = QueryGradients + columns;
        UpperRows = QueryRows + rows;
        ScoreGradients = UpperRows + rows;
        Turned = ScoreGradients + (AttentionGradient.KeyBlock * Lanes);
        Factors = Turned + (Tile.PanelRows * Lanes);
        Dots = Factors + Lanes;
        Weights = Dots + Lanes;
        Slopes = arguments.SoftCap != 0 ? Weights + weights : null;
    }

    /// <summary>The head size, rounded up to whole vectors.</summary>
    internal int Width { get; }

    /// <summary>[panel][d][8 keys].</summary>
    internal float* KeyPanels { get; }

    /// <summary>[panel][key][8 d].</summary>
    internal float* KeyColumns { get; }

    /// <summary>[panel][d][8 keys].</summary>
    internal float* ValuePanels { get; }

    /// <summary>dK [key, width].</summary>
    internal float* KeyGradients { get; }

    /// <summary>dV [key, width].</summary>
    internal float* ValueGradients { get; }

    /// <summary>q · scale of a block, [d][48].</summary>
    internal float* Queries { get; }

    /// <summary>dz of a block, [d][48].</summary>
    internal float* UpperColumns { get; }

    /// <summary>dq of a block, [d][48].</summary>
    internal float* QueryGradients { get; }

    /// <summary>q · scale of a block, [48, width].</summary>
    internal float* QueryRows { get; }

    /// <summary>dz of a block, [48, width].</summary>
    internal float* UpperRows { get; }

    /// <summary>dP, then dS, of a block of keys, [key][48].</summary>
    internal float* ScoreGradients { get; }

    /// <summary>P or dS of a panel, [query][8 keys].</summary>
    internal float* Turned { get; }

    /// <summary>1 / Σ of the weights, [48].</summary>
    internal float* Factors { get; }

    /// <summary>Σ dz · z, [48].</summary>
    internal float* Dots { get; }

    /// <summary>Weights of all keys, [key][48].</summary>
    internal float* Weights { get; }

    /// <summary>The derivative of the soft cap, [key][48]; null without one.</summary>
    internal float* Slopes { get; }

    private static nint Round(nint count) => (count + 15) / 16 * 16;
}
