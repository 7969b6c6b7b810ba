namespace Pellucid.Dictionaries.Recovery;

/// <summary>One difficulty at one seed, as it is kept on disk.</summary>
/// <param name="Setting">The difficulty, with its seed.</param>
/// <param name="InstructionSet">Instruction set of the kernels, on which the last bits depend.</param>
/// <param name="VarianceExplained">Of the dictionary on the first shard of the rows that it learned from.</param>
/// <param name="Dictionary">What the dictionary found.</param>
/// <param name="Pca">What the principal components are.</param>
/// <param name="Random">What random directions are.</param>
internal sealed record RecoveryCell(
    RecoverySetting Setting, string InstructionSet, double VarianceExplained, RecoveredDirections Dictionary, RecoveredDirections Pca, RecoveredDirections Random);
