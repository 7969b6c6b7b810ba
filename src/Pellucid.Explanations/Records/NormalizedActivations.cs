// Bills et al. 2023: min(10, ⌊10·relu(a)/max⌋), max over the records shown together.
using Pellucid.Activations;

namespace Pellucid.Explanations;

/// <summary>Activations as a person or a language model is shown them: whole numbers from 0 to 10.</summary>
public static class NormalizedActivations
{
    /// <summary>The largest value; 0 where there is none above it.</summary>
    public static double Max(IEnumerable<ActivationRecord> records) =>
        records.SelectMany(record => record.Activations).Select(value => (double)value).Append(0).Max();

    /// <summary>Values between 0 and 10.</summary>
    /// <param name="activations">The values of one record.</param>
    /// <param name="max">The largest value of all records that are shown together; at 0 or below, everything is 0.</param>
    public static int[] Of(IReadOnlyList<float> activations, double max) =>
        [.. activations.Select(value => max <= 0 ? 0 : (int)Math.Min(10, Math.Floor(10 * Math.Max(0.0, value) / max)))];
}
