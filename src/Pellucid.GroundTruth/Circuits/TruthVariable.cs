namespace Pellucid.GroundTruth;

/// <summary>One variable of a program, and where its network holds it. Immutable.</summary>
public sealed record TruthVariable
{
    /// <summary>Name, one of the program's variables.</summary>
    public required string Name { get; init; }

    /// <summary>How it is held.</summary>
    public required ValueEncoding Encoding { get; init; }

    /// <summary>The values of a categorical variable, one for each direction; empty for a numerical one.</summary>
    public required IReadOnlyList<Value> Values { get; init; }

    /// <summary>
    /// Directions of the residual stream, each of d_model coordinates: one for each value, or one whose coefficient is the number. The
    /// variable's part of the stream is the sum of its directions times their coefficients. Empty where they are not
    /// known, as in a trained network.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<float>> Directions { get; init; }

    /// <summary>The node that writes it: <c>input</c>, <c>a0.h1</c> or <c>m3</c>.</summary>
    public required string WrittenBy { get; init; }

    /// <summary>The head that counts for it, where it is a selector's width: the MLP turns what that head writes into the width. Null for others.</summary>
    public string? CountedBy { get; init; }

    /// <summary>The inputs that read it, such as <c>a1.h0&lt;k&gt;</c>.</summary>
    public required IReadOnlyList<string> ReadBy { get; init; }

    /// <summary>The first residual stream that holds it, such as <c>blocks.0.hook_resid_mid</c>.</summary>
    public required string Hook { get; init; }
}
