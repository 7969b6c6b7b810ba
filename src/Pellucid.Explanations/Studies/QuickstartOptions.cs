using Pellucid.Tensors;

namespace Pellucid.Explanations.Studies;

/// <summary>Sizes of a quickstart. Immutable.</summary>
public sealed record QuickstartOptions
{
    /// <summary>Folder of the artifacts; made where it does not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>Training tokens.</summary>
    public long Tokens { get; init; } = 150_000;

    /// <summary>Latents of the dictionary.</summary>
    public int Latents { get; init; } = 1024;

    /// <summary>Latents active at a token.</summary>
    public int K { get; init; } = 24;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Units of each kind that are explained and scored.</summary>
    public int Units { get; init; } = 100;

    /// <summary>Latents whose text the report shows.</summary>
    public int Shown { get; init; } = 16;

    /// <summary>Refuses, before any work, what the last stage would refuse.</summary>
    /// <exception cref="PellucidException">The sizes do not fit together.</exception>
    internal void Check()
    {
        if (K < 1 || K > Latents || Latents > Tokens || Units < 1 || Shown < 0)
        {
            throw new PellucidException(
                $"k {K}, latents {Latents} and tokens {Tokens} do not fit together: k is 1 to the latents, these at most the tokens; at least 1 unit is explained.");
        }
    }
}
