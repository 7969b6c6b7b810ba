using System.CommandLine;
using System.Globalization;
using Pellucid.Cli.Frame;
using Pellucid.GroundTruth;
using Pellucid.Tensors;

namespace Pellucid.Cli.Verbs;

/// <summary>What the verbs of <c>toy</c> share.</summary>
internal static class ToyOptions
{
    internal const int MostRows = 40;

    private const double MostWork = 3e13; // products of one weight with one number, some minutes on two cores

    internal static Option<double> Sparsity(double fallback) => Values.Parsed(
        "--sparsity", "S", "Probability that a feature is absent, 0 to below 1.", fallback, "a number from 0 to below 1", text =>
            (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1, value));

    internal static Option<double> Importance(double fallback) => Values.Parsed(
        "--importance", "R", "Feature i has importance Rⁱ, i from 0.", fallback, "a number above 0", text =>
            (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value), value));

    internal static string Name(ToySolution solution) => solution.ToString().ToLowerInvariant();

    /// <summary>Refuses sizes that would take hours.</summary>
    internal static void CheckSize(int features, int hidden, long models)
    {
        double work = (double)features * hidden * models * 3000 * 1024;
        if (work > MostWork)
        {
            throw new PellucidException(string.Create(
                CultureInfo.InvariantCulture,
                $"{models} models of {features} features in {hidden} dimensions would take hours: they have {(double)features * hidden * models:G3} weights, and at most {MostWork / 3000 / 1024:G3} are trained. Choose fewer or smaller ones."));
        }
    }
}
