// When can planted directions be found? n features in width d, L active on a row, c their magnitudes, E[c] = 1, noise ν in each dimension.
// Learning of the dictionary is proved possible from polynomially many rows where a row has at most about √n active features that fire independently
// (Spielman, Wang and Wright 2012, arXiv:1206.5882, for linearly independent directions; Arora, Ge and Moitra 2014, arXiv:1308.6273, for more
// directions than dimensions whose cosines are small). The constants of those theorems are not stated; here they are the following.
//   sparse        L ≤ √n, and no feature fires on more than a quarter of the rows.
//   interference  Where n > d, an inactive latent with its feature's direction reads Σ c_j cos_ij + noise, cos² ≈ 1/d: a variance of
//                 σ² = L E[c²]/d + ν², and of n such the largest is near σ √(2 ln n). The mean active feature must exceed it: 1 ≥ σ √(2 ln n).
//                 Where n ≤ d an encoder can read every feature without the others, and σ² = ν².
//   rows          A direction that is averaged from N rows on which its feature fires carries what else is there: cos² = 1 / (1 + (L E[c²] + d ν²)/N).
//                 N ≥ 50 (L E[c²] + d ν²) leaves a cosine of .99.
//   room          As many latents as features, and L ≤ k ≤ 2 L: with more places to spare, codes that are less sparse explain as much with other directions.
//   apart         Features that fire as one, or only together with another, are not told apart by sparsity; nor are near-duplicates.
// They are sufficient by argument, not necessary: recovery may go further.
using System.Globalization;
using Pellucid.GroundTruth;

namespace Pellucid.Dictionaries;

/// <summary>Whether theory lets a dictionary find what was planted, and why or why not. Immutable.</summary>
/// <param name="Possible">Whether every condition holds.</param>
/// <param name="Why">The conditions that hold, or the first ones that do not, for a person.</param>
public sealed record RecoveryConditions(bool Possible, string Why)
{
    private const double MostDensity = 0.25;
    private const double RowsForNoise = 50;
    private const double MostRoom = 2;

    /// <summary>Holds a setting against the conditions.</summary>
    /// <exception cref="Tensors.PellucidException">The planted options ask for the impossible.</exception>
    public static RecoveryConditions Of(RecoverySetting setting)
    {
        PlantedOptions planted = setting.Planted;
        using PlantedActivations source = new(planted);
        double active = source.Densities.Sum(), square = MeanSquare(planted.Magnitude), noise = planted.Noise * planted.Noise;
        double root = Math.Sqrt(planted.Features), densest = source.Densities.Max(), rarest = source.Densities.Min() * setting.Tokens;
        double sigma = Math.Sqrt((planted.Features > planted.Width ? active * square / planted.Width : 0) + noise);
        double interference = sigma * Math.Sqrt(2 * Math.Log(planted.Features)), rows = RowsForNoise * ((active * square) + (planted.Width * noise));
        bool apart = planted is { Branching: 0, DuplicatePairs: 0, Correlation: null } && (planted.GroupSize == 0 || planted.GroupCorrelation == 0);
        (bool Holds, FormattableString Fact)[] conditions =
        [
            (active <= root, $"{active:0.#} active {Than(active <= root)} √{planted.Features}"),
            (densest <= MostDensity, $"densest feature on {densest:0.##} of rows {Than(densest <= MostDensity)} {MostDensity}"),
            (interference <= 1, $"largest interference {interference:0.##} {Than(interference <= 1)} a mean magnitude of 1"),
            (rarest >= rows, $"rarest feature on {rarest:0} rows {Than(rarest >= rows, more: true)} {rows:0}"),
            (setting.Latents >= planted.Features, $"{setting.Latents} latents {Than(setting.Latents >= planted.Features, more: true)} {planted.Features} features"),
            (setting.K >= Math.Floor(active), $"k {setting.K} {Than(setting.K >= Math.Floor(active), more: true)} {active:0.#} active"),
            (setting.K <= MostRoom * active, $"k {setting.K} {Than(setting.K <= MostRoom * active)} twice {active:0.#}"),
            (apart, $"{(apart ? "features fire independently" : Together(planted))}"),
        ];
        bool possible = conditions.All(condition => condition.Holds);
        return new RecoveryConditions(
            possible, string.Join("; ", conditions.Where(condition => condition.Holds == possible).Select(condition => condition.Fact.ToString(CultureInfo.InvariantCulture))));
    }

    private static string Than(bool holds, bool more = false) => (holds, more) switch { (true, true) => "≥", (true, false) => "≤", (false, true) => "<", _ => ">" };

    private static string Together(PlantedOptions planted) => planted switch
    {
        { Branching: > 0 } => "children fire only with their parents",
        { DuplicatePairs: > 0 } => "near-duplicate directions",
        _ => "they fire in groups",
    };

    private static double MeanSquare(MagnitudeLaw law) => law switch
    {
        MagnitudeLaw.Uniform => 4.0 / 3,
        MagnitudeLaw.HalfNormal => Math.PI / 2,
        MagnitudeLaw.Exponential => 2,
        MagnitudeLaw.LogNormal => Math.Exp(0.25),
        _ => 1,
    };
}
