namespace Pellucid.GroundTruth;

/// <summary>What is known of a compiled network: its variables, where they are, and the circuit that computes them. Immutable.</summary>
public sealed record CompiledTruth
{
    /// <summary>Sizes of the blocks in order: <c>A</c> with the number of heads, <c>M</c> with the number of hidden units.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>
    /// Name of each direction of the residual stream, <c>variable:value</c>; empty where the stream has no such basis, as after
    /// compression.
    /// </summary>
    public required IReadOnlyList<string> Basis { get; init; }

    /// <summary>
    /// What every position holds whatever its token, d_model coordinates: the direction <c>one</c>, or zeros where no block needs it. A position
    /// that holds this alone is absent: nothing selects it.
    /// </summary>
    public required IReadOnlyList<float> Constant { get; init; }

    /// <summary>The program's variables in the order in which they are computed; the output is the last.</summary>
    public required IReadOnlyList<TruthVariable> Variables { get; init; }

    /// <summary>The circuit.</summary>
    public required Circuit Circuit { get; init; }

    /// <summary>The output.</summary>
    public TruthVariable Output => Variables[^1];

    /// <summary>The variable of a name.</summary>
    /// <exception cref="RaspException">There is none.</exception>
    public TruthVariable this[string name] => Variables.FirstOrDefault(variable => variable.Name == name)
        ?? throw new RaspException($"The network has no variable '{name}'. Its variables are {string.Join(", ", Variables.Select(variable => variable.Name))}.");
}
