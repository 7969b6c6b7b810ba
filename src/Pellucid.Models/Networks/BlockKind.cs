namespace Pellucid.Models;

/// <summary>How attention and MLP of a block stand to each other.</summary>
public enum BlockKind
{
    /// <summary>The MLP reads the residual stream that attention has written to.</summary>
    Serial,

    /// <summary>Both read the same residual stream, each through a norm of its own, and write to it together (GPT-NeoX; Black et al. 2022, arXiv:2204.06745).</summary>
    Parallel,

    /// <summary>Both read the same residual stream through one norm (Phi; Li et al. 2023, arXiv:2309.05463).</summary>
    ParallelSharedNorm,
}
