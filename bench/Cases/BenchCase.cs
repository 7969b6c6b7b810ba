namespace Pellucid.Bench.Cases;

/// <summary>One measured case and its named baselines, which are run in turn with it.</summary>
internal abstract class BenchCase
{
    internal abstract string Name { get; }

    internal abstract string Unit { get; }

    internal abstract bool HigherIsBetter { get; }

    /// <summary>Rounds that the command line asks for; null leaves them to the case.</summary>
    internal int? AskedRounds { get; set; }

    /// <summary>Whether it runs when no case is named; false for a part of another case.</summary>
    internal virtual bool InAll => true;

    internal abstract CaseResult Measure(Action<string> log);

    /// <summary>The results of a case that has several.</summary>
    internal virtual IEnumerable<CaseResult> MeasureAll(Action<string> log) => [Measure(log)];

    /// <summary>The middle of the values.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
