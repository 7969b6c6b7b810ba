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

    /// <summary>Writes <c>provenance.json</c>, and <c>run.json</c> with all that another run would not repeat.</summary>
    internal static void SaveRecords(QuickstartOptions options, ActivationStore training, DateTimeOffset started)
    {
        StoreManifest store = training.Manifest;
        new Provenance
        {
            Model = store.Model,
            ModelHash = store.ModelHash,
            Hook = store.Hook,
            DataHash = store.CorpusHash,
            Options = Provenance.EmptyOptions
                .Add("study", "quickstart")
                .Add("tokens", options.Tokens.ToString(CultureInfo.InvariantCulture))
                .Add("latents", options.Latents.ToString(CultureInfo.InvariantCulture))
                .Add("k", options.K.ToString(CultureInfo.InvariantCulture))
                .Add("units", options.Units.ToString(CultureInfo.InvariantCulture))
                .Add("shown", options.Shown.ToString(CultureInfo.InvariantCulture)),
            Seed = options.Seed,
            Bos = store.BosLeftOut ? BosPolicy.PrependedAndLeftOut : BosPolicy.None,
            InstructionSet = Processor.InstructionSet.ToString().ToLowerInvariant(),
        }.Write(options.Folder);
        new RunRecord { Started = started, Finished = DateTimeOffset.UtcNow }.Write(options.Folder);
    }
}
