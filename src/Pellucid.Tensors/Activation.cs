namespace Pellucid.Tensors;

/// <summary>A function of single values that a product can end with.</summary>
public enum Activation
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · Φ(x), Φ the distribution function of the standard normal (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    Gelu,

    /// <summary>The approximation of <see cref="Gelu"/> by tanh, x · (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2; GPT-2's.</summary>
    GeluTanh,

    /// <summary>x / (1 + e^−x).</summary>
    Silu,
}
