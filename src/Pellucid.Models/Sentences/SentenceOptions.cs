using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>How a text becomes one vector. Immutable.</summary>
public sealed record SentenceOptions
{
    /// <summary>How the vectors of its tokens become one; their mean by default.</summary>
    public SentencePooling Pooling { get; init; } = SentencePooling.Mean;

    /// <summary>Whether the vector is divided by its length, so that products are cosines; true by default.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>The most tokens that are read of a text, special ones included; the model's context when null.</summary>
    public int? MaxTokens { get; init; }

    internal static SentenceOptions Default { get; } = new();

    /// <exception cref="PellucidException">The most tokens are fewer than 1.</exception>
    internal void Check()
    {
        if (MaxTokens < 1)
        {
            throw new PellucidException($"A text cannot become a vector from {MaxTokens} tokens; at least 1 is needed.");
        }
    }
}
