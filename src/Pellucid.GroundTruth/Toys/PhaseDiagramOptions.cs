namespace Pellucid.GroundTruth;

/// <summary>The grid of a phase diagram, and how its models are trained.</summary>
public sealed record PhaseDiagramOptions
{
    /// <summary>Features, in one dimension less: 2 or 3. The last has the importance of the grid, the others 1.</summary>
    public int Features { get; init; } = 2;

    /// <summary>Densities 1 − S, from <see cref="LowestDensity"/> to 1, evenly by their logarithm.</summary>
    public int Densities { get; init; } = 40;

    /// <summary>Importances r, from 1 / <see cref="HighestImportance"/> to <see cref="HighestImportance"/>, evenly by their logarithm.</summary>
    public int Importances { get; init; } = 40;

    /// <summary>Models trained at each point, from beginnings and examples of their own.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Above 0, below 1.</summary>
    public double LowestDensity { get; init; } = 0.01;

    /// <summary>Above 1.</summary>
    public double HighestImportance { get; init; } = 10;

    /// <summary>
    /// How each model is trained. Half the examples, twice the steps or three times the rate of the default find the same phases at every point but a few at the boundary.
    /// </summary>
    public ToyTraining Training { get; init; } = new() { Steps = 2000, Batch = 512, LearningRate = 0.03 };
}
