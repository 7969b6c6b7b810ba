using System.Globalization;
using Pellucid.Activations;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Studies;

/// <summary>What a study leaves beside its stages' own folders: every explanation, where all of it comes from, and when it was made.</summary>
internal static class StudyFiles
{
    internal const string Explanations = "explanations";

    /// <summary>Writes <c>explanations/POPULATION/EXPLAINER/UNIT.json</c>.</summary>
    internal static void SaveExplanations(string folder, PopulationScores scores, CancellationToken cancellationToken)
    {
        foreach (ScoredUnit unit in scores.Units)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach ((string explainer, Explanation explanation) in unit.Explanations)
            {
                string name = unit.Unit.ToString(CultureInfo.InvariantCulture) + ".json";
                explanation.Save(Path.Combine(folder, Explanations, scores.Population, explainer, name));
            }
        }
    }

    /// <summary>Marks the folder as this study's before any work; one that was begun with other options is refused.</summary>
    /// <exception cref="PellucidException">The folder holds a study of other options.</exception>
    internal static void Begin(QuickstartOptions options, Model model, string hook, Corpus training)
    {
        Provenance provenance = new()
        {
            Model = model.Name,
            ModelHash = model.Hash,
            Hook = hook,
            DataHash = training.ComputeHash(),
            Options = Provenance.EmptyOptions
                .Add("tokens", options.Tokens.ToString(CultureInfo.InvariantCulture))
                .Add("latents", options.Latents.ToString(CultureInfo.InvariantCulture))
                .Add("k", options.K.ToString(CultureInfo.InvariantCulture))
                .Add("units", options.Units.ToString(CultureInfo.InvariantCulture))
                .Add("shown", options.Shown.ToString(CultureInfo.InvariantCulture)),
            Seed = options.Seed,
            Bos = BosPolicy.PrependedAndLeftOut,
            InstructionSet = Processor.InstructionSet.ToString().ToLowerInvariant(),
        };
        provenance.Begin(options.Folder, begun =>
            $"Folder '{options.Folder}' holds a quickstart with {Line(begun)}; this one has {Line(provenance)}. Choose another folder, remove this one, or give the same options.");
    }

    /// <summary>Writes <c>run.json</c>: all that another run would not repeat.</summary>
    internal static void SaveTimes(string folder, DateTimeOffset started) =>
        new RunRecord { Started = started, Finished = DateTimeOffset.UtcNow }.Write(folder);

    private static string Line(Provenance provenance) =>
        $"{string.Join(", ", provenance.Options.Select(option => $"{option.Key} {option.Value}"))}, seed {provenance.Seed}, instruction set {provenance.InstructionSet}";
}
