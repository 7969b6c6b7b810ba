namespace Pellucid.Tensors;

/// <summary>Where the pixel i of an axis of a resized image lies in the original; scale is the old size divided by the new one.</summary>
public enum ResizeGrid
{
    /// <summary>(i + ½) · scale − ½: centres of pixels. PyTorch's default for bilinear, and its <c>nearest-exact</c>.</summary>
    HalfPixel,

    /// <summary>i · (old − 1) / (new − 1): the corners' centres stay.</summary>
    AlignCorners,

    /// <summary>i · scale: upper left corners of pixels; the nearest is the one before. PyTorch's <c>nearest</c>.</summary>
    Asymmetric,
}
