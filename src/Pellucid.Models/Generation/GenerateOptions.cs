using Pellucid.Tensors;

namespace Pellucid.Models;

/// <summary>
/// How text is generated. Immutable. What is set is applied in the order of Hugging Face's transformers: repetition penalty, temperature, top-k, top-p,
/// min-p; each is a share of what the one before has left.
/// </summary>
public sealed record GenerateOptions
{
    /// <summary>Most tokens to add; fewer when the context ends or the model stops.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <summary>0 takes the likeliest token; above 0 samples from softmax(logits / temperature). Finite.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples from this many likeliest tokens, and from those that are as likely as the last of them; 0, the default, for all.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Samples from the smallest set of tokens that holds this share of the probability that <see cref="TopK"/> has left: above 0, at most 1.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>Samples from tokens that are at least this share as likely as the likeliest: 0, the default, to 1.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Logits of tokens that stand in the sequence, prompt included, are divided by this where they are positive and multiplied where they are
    /// negative, before anything else: above 0; 1, the default, changes nothing.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Tokens that end the text beside the model's own (<see cref="ModelConfig.StopIds"/>); they are no part of it.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Texts that end the text where they come up in it; they are no part of it. They need a tokenizer.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>Seed of the sampling.</summary>
    public long Seed { get; init; }

    /// <summary>Whether keys and values of earlier positions are kept; turned off by interventions that need the whole sequence, and by rotary angles that depend on its length.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Stops between tokens.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether a token ends the text.</summary>
    internal bool Stops(Model model, int id) => model.Config.StopIds.Contains(id) || StopIds.Contains(id);

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="PellucidException">One is.</exception>
    internal void Check()
    {
        string? problem = MaxTokens < 0 ? $"max tokens is {MaxTokens}; it must be 0 or more"
            : !double.IsFinite(Temperature) || Temperature < 0 ? $"temperature is {Temperature}; it must be 0 (greedy) or a number above"
            : TopP is not (> 0 and <= 1) ? $"top-p is {TopP}; it must be above 0 and at most 1"
            : TopK < 0 ? $"top-k is {TopK}; it must be 0 (all tokens) or more"
            : MinP is not (>= 0 and <= 1) ? $"min-p is {MinP}; it must be 0 to 1"
            : !double.IsFinite(RepetitionPenalty) || RepetitionPenalty <= 0 ? $"the repetition penalty is {RepetitionPenalty}; it must be a number above 0"
            : StopTexts.Any(string.IsNullOrEmpty) ? "a stop text is empty; it must have a character"
            : null;
        if (problem is not null)
        {
            throw new PellucidException($"Text cannot be generated like this: {problem}.");
        }
    }
}
