namespace Pellucid.Models;

/// <summary>For which positions a run computes logits.</summary>
public enum LogitsWanted
{
    /// <summary>Every position.</summary>
    All,

    /// <summary>The last position of the batch only.</summary>
    Last,

    /// <summary>None: the run stops in the block of the last activation that was asked for.</summary>
    None,
}
