namespace Pellucid.Tensors;

/// <summary>A function applied to each element at the end of a linear layer.</summary>
public enum Activation
{
    /// <summary>x itself.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · Φ(x), with the distribution function Φ of the standard normal (Hendrycks and Gimpel 2016, arXiv 1606.08415).</summary>
    Gelu,

    /// <summary>x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2, the approximation of <see cref="Gelu"/> that GPT-2 uses.</summary>
    GeluTanh,

    /// <summary>x / (1 + e^-x) (Elfwing, Uchibe and Doya 2017, arXiv 1702.03118).</summary>
    Silu,
}
