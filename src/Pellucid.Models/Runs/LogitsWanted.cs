namespace Pellucid.Models;

/// <summary>For which positions a run computes logits.</summary>
public enum LogitsWanted
{
    /// <summary>Every position; of a network without an unembedding, none.</summary>
    All,

    /// <summary>The last column of the batch only: the last token of every sequence where none is padded behind.</summary>
    Last,

    /// <summary>None: the run stops in the block of the last activation that was asked for.</summary>
    None,
}
