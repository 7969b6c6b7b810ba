using Pellucid.Tensors;

namespace Pellucid.Activations;

/// <summary>What a summary keeps of each unit. Immutable.</summary>
public sealed record SummaryOptions
{
    private const int MostTokens = 1 << 20;
    private const int MostExamples = 10_000;

    /// <summary>Tokens of a window; windows of a sequence do not overlap (64 in Bills et al. 2023).</summary>
    public int Window { get; init; } = 64;

    /// <summary>Shortest last window of a sequence that may become an example.</summary>
    public int ShortestWindow { get; init; } = 16;

    /// <summary>Windows kept with the largest values.</summary>
    public int Top { get; init; } = 20;

    /// <summary>Windows kept at random.</summary>
    public int Random { get; init; } = 20;

    /// <summary>Windows kept at random in each octave of their maximum, from which quantile examples are taken.</summary>
    public int EachOctave { get; init; } = 2;

    /// <summary>Seed of the random ones.</summary>
    public long Seed { get; init; }

    /// <summary>Refuses numbers that no summary can have.</summary>
    /// <exception cref="PellucidException">A number is out of range.</exception>
    internal void Check()
    {
        if (Window is < 1 or > MostTokens || ShortestWindow is < 0 or > MostTokens || Top is < 0 or > MostExamples
            || Random is < 0 or > MostExamples || EachOctave is < 0 or > MostExamples)
        {
            throw new PellucidException(
                $"A summary has windows of 1 to {MostTokens} tokens and keeps 0 to {MostExamples} examples of a kind; {this} was asked for.");
        }
    }
}
