namespace Pellucid.Explanations;

/// <summary>What a test found of an explanation, bound to the explanation by the hash that was taken before the test was opened. Immutable.</summary>
public sealed record Evidence
{
    /// <summary>Index of the unit.</summary>
    public required int Unit { get; init; }

    /// <summary>What the unit is.</summary>
    public required string Kind { get; init; }

    /// <summary>The hook that it reads.</summary>
    public required string Hook { get; init; }

    /// <summary>What made the explanation: <c>pattern</c>, <c>token_table</c>.</summary>
    public required string Explainer { get; init; }

    /// <summary>SHA-256 of the explanation, taken before the held-out records were opened.</summary>
    public required string ExplanationHash { get; init; }

    /// <summary>The score.</summary>
    public required SimulationScore Score { get; init; }
}
