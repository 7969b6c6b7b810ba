// Elhage et al. 2022 (arXiv:2209.10652), the phase diagrams over sparsity and relative importance: at each point the best of several models, by
// loss, is classified (ToyPhases). Models are ordered seed by seed, so that those of one point share no examples.
using Pellucid.Tensors;

namespace Pellucid.GroundTruth;

/// <summary>Phases over density and importance: which become of trained models, beside what theory predicts.</summary>
public sealed class PhaseDiagram
{
    private PhaseDiagram(PhaseDiagramOptions options, PhasePoint[] points) => (Options, Points) = (options, points);

    /// <summary>The grid.</summary>
    public PhaseDiagramOptions Options { get; }

    /// <summary>Rows of importances, lowest first, of densities, lowest first.</summary>
    public IReadOnlyList<PhasePoint> Points { get; }

    /// <summary>Share of the points whose phase is the predicted one; NaN where nothing is predicted.</summary>
    public double Agreement => Options.Features == 2 ? Points.Average(point => point.Solution == point.Predicted ? 1.0 : 0) : double.NaN;

    /// <summary>
    /// Share of the points that have the predicted phase or a neighbour (of the eight) with another prediction than their own: what disagrees elsewhere is not the boundary's width.
    /// </summary>
    public double AgreementOffBoundary => Options.Features == 2
        ? Enumerable.Range(0, Points.Count).Average(at => Points[at].Solution == Points[at].Predicted || IsAtBoundary(at) ? 1.0 : 0)
        : double.NaN;

    /// <summary>Whether one of the eight neighbours of a point has another prediction.</summary>
    /// <param name="at">Index into <see cref="Points"/>.</param>
    public bool IsAtBoundary(int at)
    {
        (int row, int column) = (at / Options.Densities, at % Options.Densities);
        for (int r = Math.Max(0, row - 1); r <= Math.Min(row + 1, Options.Importances - 1); r++)
        {
            for (int c = Math.Max(0, column - 1); c <= Math.Min(column + 1, Options.Densities - 1); c++)
            {
                if (Points[(r * Options.Densities) + c].Predicted != Points[at].Predicted)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Trains the models of every point and classifies the best of each.</summary>
    /// <param name="options">The grid.</param>
    /// <param name="progress">Takes the fraction that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends it within a second.</param>
    /// <exception cref="PellucidException">The grid cannot be.</exception>
    public static PhaseDiagram Compute(PhaseDiagramOptions options, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ToyTask[] tasks = Tasks(options);
        int points = tasks.Length / options.Seeds;
        ToyModel[] models = ToyTrainer.Train(tasks, options.Training, progress, cancellationToken);
        PhasePoint[] result = new PhasePoint[points];
        ComputeThreads.For(points, (models, result, options, cancellationToken), static (point, state) =>
        {
            state.cancellationToken.ThrowIfCancellationRequested();
            state.result[point] = Best([.. Enumerable.Range(0, state.options.Seeds).Select(seed => state.models[(seed * state.result.Length) + point])]);
        });
        return new PhaseDiagram(options, result);
    }

    /// <summary>The tasks of all models: seed by seed, in each the points.</summary>
    /// <param name="options">The grid.</param>
    /// <exception cref="PellucidException">The grid cannot be.</exception>
    public static ToyTask[] Tasks(PhaseDiagramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is not { Features: 2 or 3, Densities: >= 2, Importances: >= 2, Seeds: >= 1, LowestDensity: > 0 and < 1, HighestImportance: > 1 and < 1e6 }
            || (long)options.Densities * options.Importances * options.Seeds > 10_000_000)
        {
            throw new PellucidException(
                $"A phase diagram of {options.Features} features on {options.Densities} × {options.Importances} points with {options.Seeds} seeds cannot be: features are 2 or 3, "
                + "a side has 2 points or more, there is a seed or more, the lowest density is between 0 and 1, the highest importance between 1 and a million, and there are at most ten million models.");
        }

        double[] densities = [.. Enumerable.Range(0, options.Densities).Select(at => Math.Pow(options.LowestDensity, 1 - ((double)at / (options.Densities - 1))))];
        double[] importances = [.. Enumerable.Range(0, options.Importances).Select(at => Math.Pow(options.HighestImportance, (2.0 * at / (options.Importances - 1)) - 1))];
        ToyTask[] grid =
        [
            .. importances.SelectMany(importance => densities.Select(density => new ToyTask
            {
                Hidden = options.Features - 1,
                Sparsity = 1 - density,
                Importance = [.. Enumerable.Repeat(1.0, options.Features - 1), importance],
            })),
        ];
        return [.. Enumerable.Repeat(grid, options.Seeds).SelectMany(tasks => tasks)];
    }

    private static PhasePoint Best(ToyModel[] models)
    {
        ToyTask task = models[0].Task;
        double[] losses = [.. models.Select(model => ToyLoss.Exact(model)!.Value)];
        int best = Enumerable.Range(0, models.Length).MinBy(at => losses[at]);
        ToySolution solution = ToyPhases.Of(models[best])!.Value;
        double importance = task.Importance[^1];
        ToySolution? predicted = task.Features == 2 ? ToyPhases.Predicted(task.Sparsity, importance) : null;
        double ideal = predicted is { } phase ? ToyPhases.IdealLoss(phase, task.Sparsity, importance) : double.NaN;
        return new PhasePoint(1 - task.Sparsity, importance, solution, predicted, losses[best], ideal, models.Count(model => ToyPhases.Of(model) == solution), models[best]);
    }
}
