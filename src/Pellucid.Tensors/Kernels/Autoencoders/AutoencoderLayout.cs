using Pellucid.Tensors.Autoencoders;

namespace Pellucid.Tensors.Kernels;

/// <summary>
/// Where the numbers of a block of models lie. A row holds one number of each model, side by side: sparsity, importances [n], then
/// parameters, their gradients, means and squares. Parameters are W [n, m], V [n, m] where it is apart, and b [n]; features come first, so
/// that W[i, k] is the weight from feature i to the hidden dimension k.
/// </summary>
internal readonly struct AutoencoderLayout
{
    /// <summary>Models that share their draws: a draw costs as much as some ten operations on it, so a small network wants more of them.</summary>
    private const int SmallLanes = 64;

    private const int LargeLanes = 16;

    internal AutoencoderLayout(AutoencoderOptions options)
    {
        (Features, Hidden, Form) = (options.Features, options.Hidden, options.Form);
        Lanes = IsPair ? SmallLanes : LargeLanes;
    }

    internal int Features { get; }

    internal int Hidden { get; }

    internal AutoencoderForm Form { get; }

    internal int Lanes { get; }

    /// <summary>Two features in one dimension, which have a kernel of their own.</summary>
    internal bool IsPair => Features == 2 && Hidden == 1 && Form == AutoencoderForm.RectifiedOutput;

    internal bool IsTied => Form != AutoencoderForm.RectifiedHidden;

    internal long Weights => (long)Features * Hidden;

    /// <summary>First row of V; that of W where they are one.</summary>
    internal long Out => IsTied ? 0 : Weights;

    internal long Bias => IsTied ? Weights : 2 * Weights;

    internal long Parameters => Bias + Features;

    /// <summary>First row of the parameters.</summary>
    internal long First => 1 + Features;

    internal long Rows => First + (4 * Parameters);
}
