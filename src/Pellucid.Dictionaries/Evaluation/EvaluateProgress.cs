namespace Pellucid.Dictionaries;

/// <summary>How far an evaluation is.</summary>
/// <param name="Sequences">Sequences done.</param>
/// <param name="Wanted">Sequences in all.</param>
public readonly record struct EvaluateProgress(int Sequences, int Wanted);
