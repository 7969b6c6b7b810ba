using Pellucid.GroundTruth.Toys;
using Pellucid.Tensors;
using Pellucid.Tensors.Autoencoders;

namespace Pellucid.GroundTruth;

/// <summary>Trains toy models, thousands at once.</summary>
public static class ToyTrainer
{
    /// <summary>Steps between two looks at the token of cancellation, for a model of one weight; fewer where there is more to do.</summary>
    private const long WeightsBetweenLooks = 1L << 31;

    private const long ChoiceExamples = 1 << 16;

    /// <summary>
    /// Trains a model for each task. Weights begin as Glorot and Bengio's normal numbers (variance 2 / (n + m)), biases at 0. The same
    /// tasks in the same order and the same options give the same bits, whatever the number of threads.
    /// </summary>
    /// <remarks>
    /// Neighbours in the list see the same chance (<see cref="AutoencoderLanes"/>): put repetitions whose spread is to be believed
    /// <see cref="AutoencoderLanes.Block"/> places or more apart. Each model by itself is trained as if it were alone.
    /// </remarks>
    /// <param name="tasks">They differ in sparsity and importance only.</param>
    /// <param name="training">How.</param>
    /// <param name="progress">Takes the fraction that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the training within a second.</param>
    /// <returns>As many models as tasks, in their order.</returns>
    /// <exception cref="PellucidException">A size cannot be, the tasks do not have one shape, or they need more memory than there may be.</exception>
    public static ToyModel[] Train(
        IReadOnlyList<ToyTask> tasks, ToyTraining training, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(training);
        ToyTask shape = Check(tasks, training);
        AutoencoderOptions options = OptionsOf(shape, training);
        using AutoencoderLanes lanes = new(options, tasks.Count);
        for (int model = 0; model < tasks.Count; model++)
        {
            Begin(lanes, model, tasks[model], training.Seed);
        }

        Schedule schedule = Schedule.Cosine(training.Steps);
        double[] rates = [.. Enumerable.Range(0, training.Steps).Select(step => training.LearningRate * schedule.At(step))];
        long step = Math.Clamp(WeightsBetweenLooks / Math.Max(1, (long)shape.Features * shape.Hidden * training.Batch * tasks.Count), 1, training.Steps);
        for (int done = 0; done < training.Steps; done += (int)step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report((double)done / training.Steps);
            lanes.Train(rates.AsSpan(done, (int)Math.Min(step, training.Steps - done)));
        }

        progress?.Report(1);
        return [.. tasks.Select((task, model) => End(lanes, model, task))];
    }

    /// <summary>Trains several models for each task, from beginnings of their own, and keeps the one of the lowest loss.</summary>
    /// <param name="tasks">They differ in sparsity and importance only.</param>
    /// <param name="restarts">Models for each task; 1 or more. Those of one task are as far apart in the list as there are tasks.</param>
    /// <param name="training">How.</param>
    /// <param name="progress">Takes the fraction that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the training within a second.</param>
    /// <returns>As many results as tasks, in their order.</returns>
    /// <exception cref="PellucidException">A size cannot be, the tasks do not have one shape, or they need more memory than there may be.</exception>
    public static BestToy[] TrainBest(
        IReadOnlyList<ToyTask> tasks, int restarts, ToyTraining training, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        ToyModel[] models = Train([.. Enumerable.Repeat(tasks, restarts).SelectMany(all => all)], training, progress, cancellationToken);
        return [.. tasks.Select((_, task) =>
        {
            ToyModel[] own = [.. Enumerable.Range(0, restarts).Select(restart => models[(restart * tasks.Count) + task])];
            double[] losses = [.. own.Select(model => ToyLoss.Of(model, ChoiceExamples, ~training.Seed, cancellationToken).Value)];
            ToyModel best = own[Enumerable.Range(0, restarts).MinBy(at => losses[at])];
            return new BestToy(best, ToyLoss.Of(best, seed: training.Seed, cancellationToken: cancellationToken), losses);
        })];
    }

    private static ToyTask Check(IReadOnlyList<ToyTask> tasks, ToyTraining training)
    {
        if (tasks.Count == 0)
        {
            throw new PellucidException("There is no task to train a toy model for. Give one or more.");
        }

        ToyTask shape = tasks[0];
        foreach (ToyTask task in tasks)
        {
            ToyLimits.Check(task);
            if ((task.Features, task.Hidden, task.Form, task.Dependence, task.Group) != (shape.Features, shape.Hidden, shape.Form, shape.Dependence, shape.Group))
            {
                throw new PellucidException(
                    $"Toy models that are trained together have one shape; there are {shape.Features} features in {shape.Hidden} dimensions ({shape.Form}, {shape.Dependence}) "
                    + $"and {task.Features} in {task.Hidden} ({task.Form}, {task.Dependence}). Train them apart.");
            }
        }

        return training is { Steps: >= 1, Batch: >= 4, LearningRate: > 0 } && training.Batch % 4 == 0 && double.IsFinite(training.LearningRate)
            ? shape
            : throw new PellucidException(
                $"Training of {training.Steps} steps with batches of {training.Batch} at a learning rate of {training.LearningRate} cannot be. "
                + "Steps are 1 or more, a batch is a positive multiple of 4, the rate is above 0.");
    }

    private static AutoencoderOptions OptionsOf(ToyTask task, ToyTraining training) => new()
    {
        Form = task.Form,
        Features = task.Features,
        Hidden = task.Hidden,
        Dependence = task.Dependence,
        Group = task.Group,
        Signed = task.Signed,
        Batch = training.Batch,
        Seed = training.Seed,
    };

    private static void Begin(AutoencoderLanes lanes, int model, ToyTask task, long seed)
    {
        SeededRandom random = new(seed, ~(long)model); // streams 0, 1, 2 ... are those of the examples
        int weights = task.Features * task.Hidden;
        double size = Math.Sqrt(2.0 / (task.Features + task.Hidden));
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(size * random.NextNormal()))];
        lanes.Set(
            model, task.Sparsity, [.. task.Importance.Select(importance => (float)importance)], Draw(weights),
            Draw(task.Form == AutoencoderForm.RectifiedHidden ? weights : 0), new float[task.Features]);
    }

    private static ToyModel End(AutoencoderLanes lanes, int model, ToyTask task)
    {
        int weights = task.Features * task.Hidden;
        (float[] w, float[] v, float[] b) = (new float[weights], new float[task.Form == AutoencoderForm.RectifiedHidden ? weights : 0], new float[task.Features]);
        lanes.Get(model, w, v, b);
        return new ToyModel { Task = task, Weights = [.. w], OutWeights = [.. v], Bias = [.. b] };
    }
}
