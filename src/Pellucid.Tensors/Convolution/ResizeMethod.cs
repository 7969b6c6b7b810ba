namespace Pellucid.Tensors;

/// <summary>How a resized image takes its values from the places around a point.</summary>
public enum ResizeMethod
{
    /// <summary>From one place.</summary>
    Nearest,

    /// <summary>From four places, by nearness along each axis.</summary>
    Bilinear,
}
