namespace Pellucid.GroundTruth;

/// <summary>What is planted in activations. Immutable; with the seed it determines every number.</summary>
public sealed record PlantedOptions
{
    /// <summary>Number of features, the dense ones among them.</summary>
    public required int Features { get; init; }

    /// <summary>Width of the activations; fewer than features is superposition.</summary>
    public required int Width { get; init; }

    /// <summary>Seed of directions, codes and noise.</summary>
    public long Seed { get; init; }

    /// <summary>Expected number of sparse features that fire on a row: the sum of their densities.</summary>
    public double ActiveFeatures { get; init; } = 4;

    /// <summary>How the densities differ. With a hierarchy it is that of the roots.</summary>
    public DensityLaw Density { get; init; } = DensityLaw.Uniform;

    /// <summary>s of Zipf's law.</summary>
    public double ZipfExponent { get; init; } = 1;

    /// <summary>Strength of a feature where it fires.</summary>
    public MagnitudeLaw Magnitude { get; init; } = MagnitudeLaw.Uniform;

    /// <summary>How the directions lie.</summary>
    public DirectionLayout Directions { get; init; } = DirectionLayout.Random;

    /// <summary>Pairs of near-duplicates: the directions of features 2j and 2j + 1, j below this number, are given <see cref="DuplicateCosine"/>.</summary>
    public int DuplicatePairs { get; init; }

    /// <summary>Cosine within a pair of near-duplicates, −1 to 1.</summary>
    public double DuplicateCosine { get; init; } = 0.9;

    /// <summary>Features in a group, which share a hidden factor; 0 for independent features. Groups are of consecutive features.</summary>
    public int GroupSize { get; init; }

    /// <summary>Correlation of the hidden normal variables within a group, 0 to 1; 1 with equal densities fires them as one.</summary>
    public double GroupCorrelation { get; init; }

    /// <summary>Whether every second feature of a group carries the factor with the opposite sign, so that it fires where its neighbour does not.</summary>
    public bool Opposed { get; init; }

    /// <summary>
    /// Correlation matrix of the hidden normal variables, features × features, row after row, in place of groups; symmetric, positive
    /// definite, with a diagonal of ones.
    /// </summary>
    public IReadOnlyList<double>? Correlation { get; init; }

    /// <summary>
    /// Children of each feature in a hierarchy, 0 for none: feature i at or after <see cref="Roots"/> has parent (i − roots) / branching, and fires
    /// only where its parent does.
    /// </summary>
    public int Branching { get; init; }

    /// <summary>Features without a parent.</summary>
    public int Roots { get; init; }

    /// <summary>Probability that a child fires where its parent does, 0 to 1.</summary>
    public double ChildShare { get; init; } = 0.25;

    /// <summary>Whether at most one child of a parent fires; needs branching × child share of at most 1. Correlations then are those of the roots.</summary>
    public bool ExclusiveChildren { get; init; }

    /// <summary>Features, the last ones, that fire often and count neither in <see cref="ActiveFeatures"/> nor in a hierarchy.</summary>
    public int DenseFeatures { get; init; }

    /// <summary>Probability that a dense feature fires.</summary>
    public double DenseDensity { get; init; } = 0.5;

    /// <summary>Norm of a vector that is added to every row, of a random direction.</summary>
    public double MeanNorm { get; init; }

    /// <summary>Standard deviation of the noise, independent and normal in every dimension.</summary>
    public double Noise { get; init; }

    /// <summary>What cannot be planted, or null.</summary>
    internal string? Problem()
    {
        int sparse = Features - DenseFeatures;
        return this switch
        {
            { Features: < 1 or > 1 << 20 } or { Width: < 1 or > 1 << 16 } => $"{Features} features in width {Width}; 1 to {1 << 20} and 1 to {1 << 16} are possible",
            _ when (long)Features * Width > 1 << 28 => $"{Features} features in width {Width}; their product can be {1 << 28}",
            _ when DenseFeatures < 0 || sparse < 1 => $"{DenseFeatures} dense features among {Features}; 0 to {Features - 1} are possible",
            _ when !(ActiveFeatures > 0 && ActiveFeatures <= sparse) => $"{ActiveFeatures} active features of {sparse} sparse ones; more than 0 and at most all can be active",
            _ when !Enum.IsDefined(Density) || !Enum.IsDefined(Magnitude) || !Enum.IsDefined(Directions) => "a law or layout that does not exist",
            { ZipfExponent: not (>= 0 and <= 10) } => $"a Zipf exponent of {ZipfExponent}; 0 to 10 is possible",
            { Directions: DirectionLayout.Orthogonal } when Features > Width => $"{Features} orthogonal directions in width {Width}; at most {Width} exist",
            _ when DuplicatePairs < 0 || DuplicatePairs > Features / 2 => $"{DuplicatePairs} pairs of near-duplicates of {Features} features; 0 to {Features / 2} are possible",
            { DuplicatePairs: > 0, Width: < 2 } => "near-duplicates in width 1; at least 2 is needed",
            { DuplicateCosine: not (>= -1 and <= 1) } => $"near-duplicates with cosine {DuplicateCosine}; −1 to 1 is possible",
            { GroupSize: < 0 } or { GroupCorrelation: not (>= 0 and <= 1) } => $"groups of {GroupSize} with correlation {GroupCorrelation}; sizes from 0 and correlations from 0 to 1 are possible",
            { GroupSize: > 0, Correlation: not null } => "both groups and a correlation matrix; give one of them",
            { Correlation: { } matrix } when matrix.Count != (long)Features * Features => $"a correlation matrix of {matrix.Count} values; {Features} × {Features} were expected",
            { Branching: < 0 } => $"{Branching} children of a feature; 0 or more are possible",
            { Branching: > 0 } when Roots < 1 || Roots > sparse => $"a hierarchy with {Roots} roots of {sparse} sparse features; 1 to {sparse} are possible",
            { ChildShare: not (> 0 and <= 1) } => $"children that fire in {ChildShare} of their parents' rows; more than 0 and at most 1 is possible",
            { ExclusiveChildren: true } when Branching * ChildShare > 1 + 1e-12 => $"{Branching} exclusive children that fire in {ChildShare} each; the shares may sum to 1",
            { DenseDensity: not (>= 0 and <= 1) } => $"dense features of density {DenseDensity}; 0 to 1 is possible",
            { MeanNorm: not (>= 0 and < 1e6) } or { Noise: not (>= 0 and < 1e6) } => $"a mean of norm {MeanNorm} and noise of {Noise}; numbers from 0 to below a million are needed",
            _ => null,
        };
    }
}
