using Pellucid.GroundTruth.Compilation;

namespace Pellucid.GroundTruth;

/// <summary>What a program is compiled for. Immutable.</summary>
public sealed record CompileOptions
{
    /// <summary>The tokens, in the order of their ids and directions; BOS and PAD follow them.</summary>
    public required IReadOnlyList<Value> Vocabulary { get; init; }

    /// <summary>Tokens of the longest input, BOS not counted.</summary>
    public required int Length { get; init; }

    /// <summary>Whether attention is causal: a position selects only itself and what comes before it.</summary>
    public bool Causal { get; init; }

    /// <summary>The text of the token that begins every input.</summary>
    public string Bos { get; init; } = "bos";

    /// <summary>The text of the token that no input holds.</summary>
    public string Pad { get; init; } = "pad";

    internal void Check()
    {
        if (Length < 1 || Length >= CompilerLimits.Values || Vocabulary.Count < 1 || Vocabulary.Count > CompilerLimits.Values)
        {
            throw new RaspException(
                $"A program is compiled for 1 to {CompilerLimits.Values} tokens and a length of 1 to {CompilerLimits.Values - 1}; "
                + $"met {Vocabulary.Count} tokens and length {Length}.");
        }

        var met = new HashSet<Value> { Bos, Pad };
        foreach (Value token in Vocabulary)
        {
            if (!token.IsDefined || !met.Add(token))
            {
                throw new RaspException($"The vocabulary names {token.Describe()} twice, or it is BOS '{Bos}' or PAD '{Pad}'. Name each token once.");
            }
        }
    }
}
