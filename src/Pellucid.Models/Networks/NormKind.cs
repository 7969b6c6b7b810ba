namespace Pellucid.Models;

/// <summary>How a norm scales the residual stream.</summary>
public enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    Rms,

    /// <summary>(x − mean) / √(variance + ε) · w + b (Ba, Kiros and Hinton 2016, arXiv:1607.06450).</summary>
    Layer,

    /// <summary>None: the blocks and the unembedding read the residual stream as it is. Compiled programs and toy models are built so.</summary>
    None,
}
