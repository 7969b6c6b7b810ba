namespace Pellucid.Dictionaries;

/// <summary>One line of the recovery study. Immutable.</summary>
/// <param name="Setting">The difficulty.</param>
/// <param name="Conditions">Whether recovery is possible, and why.</param>
/// <param name="VarianceExplained">Of the dictionary on the first shard of the rows that it learned from, mean over seeds.</param>
/// <param name="Dictionary">The TopK dictionary.</param>
/// <param name="Pca">Principal components, either sign.</param>
/// <param name="Random">As many random directions as the dictionary has latents.</param>
public sealed record RecoveryRow(
    RecoverySetting Setting, RecoveryConditions Conditions, double VarianceExplained, RecoveryScore Dictionary, RecoveryScore Pca, RecoveryScore Random);
