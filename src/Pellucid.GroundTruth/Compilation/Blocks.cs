namespace Pellucid.GroundTruth.Compilation;

/// <summary>One entry of a matrix: row, column, value.</summary>
internal readonly record struct Entry(int From, int To, double Value);

/// <summary>One attention head: score = Σ q[From]·k[To]·Value, written = Σ v[From]·Value into direction To.</summary>
/// <param name="Variable">The variable that it computes.</param>
/// <param name="Scores">Query direction, key direction, score.</param>
/// <param name="Values">Direction read, direction written, factor.</param>
internal sealed record HeadBlock(int Variable, IReadOnlyList<Entry> Scores, IReadOnlyList<Entry> Values);

/// <summary>Hidden units of an MLP.</summary>
/// <param name="Variable">The variable that they compute.</param>
/// <param name="Hidden">How many units.</param>
/// <param name="In">Direction read, unit, weight.</param>
/// <param name="Out">Unit, direction written, weight.</param>
internal sealed record MlpBlock(int Variable, int Hidden, IReadOnlyList<Entry> In, IReadOnlyList<Entry> Out);

/// <summary>What computes one variable: a head, hidden units, or a head whose result hidden units read.</summary>
internal sealed record VariableBlocks(HeadBlock? Head, MlpBlock? Mlp);
