namespace Pellucid.Activations;

/// <summary>What becomes of a document that is longer than the context.</summary>
public enum LongDocuments
{
    /// <summary>It is split into consecutive sequences, each with its own BOS.</summary>
    Split,

    /// <summary>Its first sequence is kept and the rest is left out.</summary>
    Cut,
}
