using Pellucid.GroundTruth;

namespace Pellucid.Dictionaries;

/// <summary>The difficulties of the recovery study.</summary>
public static class RecoverySettings
{
    private const int Width = 64;
    private const long Tokens = 60_000;
    private const double Epochs = 6;

    private static readonly PlantedOptions Plain = new() { Features = 2 * Width, Width = Width };

    /// <summary>
    /// Sparsity by number of features in width 64 (64 to 512 features, 2 to 32 active), then one change at a time to 128 features of which 4 are
    /// active. Twice as many latents as features, k as many as are active, 60,000 rows, 6 passes, where nothing else is said.
    /// </summary>
    public static IReadOnlyList<RecoverySetting> Default { get; } =
    [
        .. from features in (int[])[Width, 2 * Width, 4 * Width, 8 * Width]
           from active in (int[])[2, 4, 8, 16, 32]
           select Of($"{features}-features-{active}-active", Plain with { Features = features, ActiveFeatures = active }),
        Of("orthogonal", Plain with { Features = Width, Directions = DirectionLayout.Orthogonal }),
        Of("log-normal", Plain with { Magnitude = MagnitudeLaw.LogNormal }),
        Of("exponential", Plain with { Magnitude = MagnitudeLaw.Exponential }),
        Of("mean-5", Plain with { MeanNorm = 5 }),
        Of("noise-005", Plain with { Noise = 0.05 }),
        Of("noise-010", Plain with { Noise = 0.1 }),
        Of("noise-020", Plain with { Noise = 0.2 }),
        Of("noise-040", Plain with { Noise = 0.4 }),
        Of("zipf", Plain with { Density = DensityLaw.Zipf }),
        Of("dense-4", Plain with { DenseFeatures = 4 }),
        Of("groups-of-4-correlation-05", Plain with { GroupSize = 4, GroupCorrelation = 0.5 }),
        Of("groups-of-4-correlation-09", Plain with { GroupSize = 4, GroupCorrelation = 0.9 }),
        Of("groups-of-4-as-one", Plain with { GroupSize = 4, GroupCorrelation = 1 }),
        Of("opposed-pairs", Plain with { GroupSize = 2, GroupCorrelation = 0.9, Opposed = true }),
        Of("hierarchy", Plain with { Roots = 32, Branching = 3 }),
        Of("hierarchy-exclusive", Plain with { Roots = 32, Branching = 3, ChildShare = 0.33, ExclusiveChildren = true }),
        Of("hierarchy-constant", Plain with { Roots = 32, Branching = 3, Magnitude = MagnitudeLaw.Constant }),
        Of("near-duplicates-090", Plain with { DuplicatePairs = 32, DuplicateCosine = 0.9 }),
        Of("near-duplicates-099", Plain with { DuplicatePairs = 32, DuplicateCosine = 0.99 }),
        Of("rows-300", Plain) with { Tokens = 300, Epochs = 1200 },
        Of("rows-1000", Plain) with { Tokens = 1000, Epochs = 360 },
        Of("rows-4000", Plain) with { Tokens = 4000, Epochs = 90 },
        Of("k-1", Plain) with { K = 1 },
        Of("k-2", Plain) with { K = 2 },
        Of("k-8", Plain) with { K = 8 },
        Of("k-16", Plain) with { K = 16 },
        Of("latents-128", Plain) with { Latents = 128 },
        Of("latents-64", Plain) with { Latents = 64 },
    ];

    /// <summary>Three small ones, in seconds: one where recovery is possible, and two where it is not.</summary>
    public static IReadOnlyList<RecoverySetting> Quick { get; } =
    [
        new("quick-sparse", new PlantedOptions { Features = 64, Width = 48, ActiveFeatures = 2 }, 16_384, 128, 2, 6),
        new("quick-dense", new PlantedOptions { Features = 64, Width = 48, ActiveFeatures = 24 }, 16_384, 128, 24, 6),
        new("quick-as-one", new PlantedOptions { Features = 64, Width = 48, ActiveFeatures = 2, GroupSize = 4, GroupCorrelation = 1, Magnitude = MagnitudeLaw.Constant }, 16_384, 128, 2, 6),
    ];

    private static RecoverySetting Of(string name, PlantedOptions planted) =>
        new(name, planted, Tokens, 2 * planted.Features, (int)Math.Ceiling(planted.ActiveFeatures), Epochs);
}
