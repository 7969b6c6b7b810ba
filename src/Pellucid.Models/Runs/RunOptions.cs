namespace Pellucid.Models;

/// <summary>What a run keeps and computes. Immutable.</summary>
public sealed record RunOptions
{
    /// <summary>All logits and no activation.</summary>
    internal static RunOptions Default { get; } = new();

    /// <summary>The activations to keep; none by default.</summary>
    public Capture Capture { get; init; } = Capture.None;

    /// <summary>The logits to compute; all by default.</summary>
    public LogitsWanted Logits { get; init; } = LogitsWanted.All;

    /// <summary>Stops the run between blocks.</summary>
    public CancellationToken CancellationToken { get; init; }
}
