using Pellucid.Activations;
using Pellucid.Dictionaries.Training;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries;

/// <summary>Trains dictionaries from activation stores. Safe for many threads, each with a folder of its own.</summary>
public static class DictionaryTrainer
{
    /// <summary>
    /// Trains a TopK dictionary (Gao et al. 2024, arXiv:2406.04093) and saves it, with the statistics of its latents over the store. A run that
    /// was killed at any instant goes on from its last checkpoint when it is called again with the same inputs, and ends with the bytes of an
    /// undisturbed one; a finished one is opened.
    /// </summary>
    /// <param name="store">What it learns from.</param>
    /// <param name="recipe">How it learns.</param>
    /// <param name="folder">Where the dictionary goes, with <c>recipe.json</c> and <c>metrics.jsonl</c>.</param>
    /// <param name="progress">Told some two hundred times a run.</param>
    /// <param name="cancellationToken">Stops after the step in work, at a checkpoint.</param>
    /// <exception cref="PellucidException">
    /// The recipe asks for the impossible, the store holds NaN or infinity or rows that are all equal, the folder was begun with other inputs,
    /// or training diverged.
    /// </exception>
    /// <exception cref="BadFileException">A file of the store or the checkpoint is damaged, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<Dictionary> TrainAsync(
        ActivationStore store, TopKRecipe recipe, string folder, IProgress<TrainProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => new TrainingRun(store, recipe, folder).Execute(progress, cancellationToken), cancellationToken);

    /// <summary>The control: the dictionary that a recipe starts from, before its first step.</summary>
    /// <param name="store">What it would learn from; a sample of it decides b_dec.</param>
    /// <param name="recipe">How it would learn.</param>
    /// <param name="cancellationToken">Stops the pass over the store.</param>
    /// <exception cref="PellucidException">The recipe asks for the impossible.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Dictionary Untrained(ActivationStore store, TopKRecipe recipe, CancellationToken cancellationToken = default) =>
        new TrainingRun(store, recipe, "").Untrained(cancellationToken);
}
