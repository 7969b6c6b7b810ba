// Bills et al. 2023 (openai/automated-interpretability, activations.py): interleaved splits, so that each gets records of every rank.
namespace Pellucid.Explanations;

/// <summary>
/// Records split as the published method splits them: the top ones in turn to train, calibration, valid and test, the random ones in turn
/// to calibration, valid and test. Every split gets equally many of a kind; what does not divide evenly is left out.
/// </summary>
/// <typeparam name="T">What a record is.</typeparam>
/// <param name="Train">Top records for the explainer.</param>
/// <param name="Calibration">Top records, then random ones.</param>
/// <param name="Valid">Top records, then random ones.</param>
/// <param name="Test">Top records, then random ones.</param>
public sealed record RecordSplit<T>(IReadOnlyList<T> Train, IReadOnlyList<T> Calibration, IReadOnlyList<T> Valid, IReadOnlyList<T> Test)
{
    /// <summary>Splits records.</summary>
    /// <param name="top">The strongest records, strongest first.</param>
    /// <param name="random">Random records.</param>
    /// <param name="perSplit">Most of a kind in one split; all of them when null.</param>
    public static RecordSplit<T> Of(IReadOnlyList<T> top, IReadOnlyList<T> random, int? perSplit = null)
    {
        IReadOnlyList<T>[] tops = Interleaved(top, 4, perSplit), randoms = Interleaved(random, 3, perSplit);
        return new RecordSplit<T>(tops[0], [.. tops[1], .. randoms[0]], [.. tops[2], .. randoms[1]], [.. tops[3], .. randoms[2]]);
    }

    private static IReadOnlyList<T>[] Interleaved(IReadOnlyList<T> records, int splits, int? perSplit)
    {
        int each = Math.Min(records.Count / splits, perSplit ?? int.MaxValue);
        return [.. Enumerable.Range(0, splits).Select(split => (IReadOnlyList<T>)[.. Enumerable.Range(0, each).Select(i => records[split + (i * splits)])])];
    }
}
