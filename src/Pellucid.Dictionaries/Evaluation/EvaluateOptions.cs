namespace Pellucid.Dictionaries;

/// <summary>How a dictionary is evaluated. Immutable.</summary>
public sealed record EvaluateOptions
{
    /// <summary>Most tokens to evaluate on, BOS not counted; all of the corpus by default. The sequence that reaches it is kept whole.</summary>
    public long MaxTokens { get; init; } = long.MaxValue;

    /// <summary>Longest sequence in tokens, BOS included; the model's context when 0.</summary>
    public int SequenceLength { get; init; }

    /// <summary>What becomes of longer documents.</summary>
    public Activations.LongDocuments LongDocuments { get; init; } = Activations.LongDocuments.Cut;

    /// <summary>Sequences run at once.</summary>
    public int BatchSequences { get; init; } = 8;

    /// <summary>Resamples of the documents behind each interval; 0 for no intervals.</summary>
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; }
}
