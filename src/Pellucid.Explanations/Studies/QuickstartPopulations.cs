using Pellucid.Activations;
using Pellucid.Dictionaries;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Studies;

/// <summary>
/// The latents and their four controls: the same dictionary untrained, the hook's neurons as they are, and neurons and random directions
/// with thresholds that bring them to the densities of latents.
/// </summary>
internal sealed class QuickstartPopulations(ActivationStore training, ActivationStore heldOut, long seed, int directions)
{
    private const long Stream = 0xDE5;

    internal IReadOnlyList<Population> Gather(Dictionary dictionary, Dictionary untrained, IProgress<double> progress, CancellationToken cancellationToken)
    {
        Population latents = Gather("latents", dictionary.Latents, cancellationToken);
        progress.Report(0.3);
        Population controls = Gather("untrained_latents", untrained.Latents, cancellationToken);
        progress.Report(0.6);
        Population neurons = Gather("neurons", training.Neurons, cancellationToken);
        progress.Report(0.7);
        Directions random = Activations.Directions.Random(training.Manifest.Hook, directions, training.Manifest.Width, seed);
        double[] densities = Densities(latents, Math.Max(directions, training.Manifest.Width));
        Population matchedNeurons = Matched("neurons_density_matched", training.Neurons, neurons.TrainingSummary, densities, cancellationToken);
        progress.Report(0.8);
        Population matchedDirections = Matched("random_directions_density_matched", random, training.Summarize(random, cancellationToken: cancellationToken), densities, cancellationToken);
        return [latents, controls, neurons, matchedNeurons, matchedDirections];
    }

    /// <summary>The same treatment for all: the seed also decides which records are the random ones.</summary>
    private Population Gather(string name, IUnits units, CancellationToken cancellationToken) =>
        Population.Gather(name, units, training, heldOut, new SummaryOptions { Seed = seed }, cancellationToken);

    private Population Matched(string name, IUnits units, UnitSummary summary, double[] densities, CancellationToken cancellationToken) =>
        Gather(name, DensityMatching.Match(training, units, summary, densities, cancellationToken), cancellationToken);

    /// <summary>Densities of latents that would be drawn, in random order and again from the start where they are too few.</summary>
    private double[] Densities(Population latents, int count)
    {
        IReadOnlyList<int> qualified = Populations.Draw(latents.HeldOutSummary, new PopulationOptions { Units = int.MaxValue, Seed = seed });
        if (qualified.Count == 0)
        {
            throw new PellucidException("No latent fires on 20 held-out tokens, so there is none to explain. Train on more tokens or with fewer latents.");
        }

        double[] all = [.. qualified.Select(latents.TrainingSummary.Density)];
        new SeededRandom(seed, Stream).Shuffle<double>(all);
        return [.. Enumerable.Range(0, count).Select(i => all[i % all.Length])];
    }
}
