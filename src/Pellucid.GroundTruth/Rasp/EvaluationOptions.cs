namespace Pellucid.GroundTruth;

/// <summary>How a RASP program is evaluated. Immutable.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Whether a position selects only itself and what comes before it.</summary>
    public bool Causal { get; init; }

    /// <summary>
    /// Values that variables are set to, one a position, in place of those that the program computes; what is made of them follows. With
    /// values from the evaluation of another input this is an interchange intervention (Geiger et al. 2021, arXiv:2106.02997).
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Value>> Interventions { get; init; } = new Dictionary<string, IReadOnlyList<Value>>();
}
