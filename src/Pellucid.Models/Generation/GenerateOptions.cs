using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>How text is generated. Immutable.</summary>
public sealed record GenerateOptions
{
    /// <summary>Most tokens to add; fewer when the context ends or the model stops.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <summary>0 takes the likeliest token; above 0 samples from softmax(logits / temperature). Finite.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples from the smallest set of tokens that holds this share of the probability: above 0, at most 1.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the sampling.</summary>
    public long Seed { get; init; }

    /// <summary>Whether keys and values of earlier positions are kept; turned off by interventions that need the whole sequence, and by rotary angles that depend on its length.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Stops between tokens.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="PellucidException">One is.</exception>
    internal void Check()
    {
        string? problem = MaxTokens < 0 ? $"max tokens is {MaxTokens}; it must be 0 or more"
            : !double.IsFinite(Temperature) || Temperature < 0 ? $"temperature is {Temperature}; it must be 0 (greedy) or a number above"
            : TopP is not (> 0 and <= 1) ? $"top-p is {TopP}; it must be above 0 and at most 1"
            : null;
        if (problem is not null)
        {
            throw new PellucidException($"Text cannot be generated like this: {problem}.");
        }
    }
}
