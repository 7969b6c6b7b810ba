namespace Pellucid.Models;

/// <summary>How text is generated. Immutable.</summary>
public sealed record GenerateOptions
{
    /// <summary>Most tokens to add; fewer when the context ends or the model stops.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <summary>0 takes the likeliest token; above 0 samples from softmax(logits / temperature).</summary>
    public double Temperature { get; init; }

    /// <summary>Samples from the smallest set of tokens that holds this share of the probability, 0 to 1.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the sampling.</summary>
    public long Seed { get; init; }

    /// <summary>Whether keys and values of earlier positions are kept; turned off by interventions that need the whole sequence.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Stops between tokens.</summary>
    public CancellationToken CancellationToken { get; init; }
}
