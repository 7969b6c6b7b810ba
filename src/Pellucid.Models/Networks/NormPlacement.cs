namespace Pellucid.Models;

/// <summary>Where norms stand in a block.</summary>
public enum NormPlacement
{
    /// <summary>Before attention and MLP: x + F(norm(x)), and one more before the unembedding.</summary>
    Before,

    /// <summary>After each sum: norm(x + F(x)), and none before the unembedding (BERT; Devlin et al. 2018, arXiv:1810.04805).</summary>
    After,

    /// <summary>Before attention and MLP and after each of them: x + norm(F(norm(x))) (Gemma 2; Gemma Team 2024, arXiv:2408.00118).</summary>
    BeforeAndAfter,
}
