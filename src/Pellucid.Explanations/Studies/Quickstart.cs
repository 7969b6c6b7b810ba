using Pellucid.Activations;
using Pellucid.Dictionaries;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Explanations.Studies;

/// <summary>
/// The main job, end to end: a model's activations are gathered, pulled apart into latents, explained, and the explanations held against
/// text that nothing has seen, beside four controls that get the same treatment.
/// </summary>
/// <remarks>
/// Stages leave their artifacts in folders of their own and go on from them when the same study is run again; explanations go to
/// <c>explanations/POPULATION/EXPLAINER/UNIT.json</c>. The same options give the same results and the same bytes on the same instruction
/// set, times apart, which are in each folder's <c>run.json</c>.
/// </remarks>
public sealed class Quickstart
{
    /// <summary>The model that comes with Pellucid.</summary>
    public const string ModelName = "stories260k";

    private const int TrainingStories = 900;
    private const int Directions = 256;

    private readonly Model _model;
    private readonly QuickstartOptions _options;
    private readonly Stages _stages;
    private readonly CancellationToken _cancel;
    private readonly string _hook = Hook.MlpPost(2);

    private Quickstart(Model model, QuickstartOptions options, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        (_model, _options, _stages, _cancel) = (model, options, new Stages(progress), cancellationToken);
    }

    /// <summary>Runs the study.</summary>
    /// <param name="options">Sizes, seed and folder.</param>
    /// <param name="progress">Told about each stage.</param>
    /// <param name="cancellationToken">Stops; the same call goes on from the last finished part.</param>
    /// <exception cref="PellucidException">The folder holds a study of other options, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<QuickstartResult> RunAsync(
        QuickstartOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        using Model model = await Model.OpenAsync(ModelName, cancellationToken).ConfigureAwait(false);
        return await new Quickstart(model, options, progress, cancellationToken).RunAsync().ConfigureAwait(false);
    }

    private async Task<QuickstartResult> RunAsync()
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        Corpus trainingStories = Corpus.BuiltIn.Range(0, TrainingStories), heldOutStories = Corpus.BuiltIn.Range(TrainingStories);
        StudyFiles.Begin(_options, _model, _hook, trainingStories);
        using ActivationStore training = await HarvestAsync("harvest", "store", trainingStories, _options.Tokens).ConfigureAwait(false);
        using ActivationStore heldOut = await HarvestAsync("harvest_held_out", "store-held-out", heldOutStories, long.MaxValue).ConfigureAwait(false);
        TopKRecipe recipe = new() { Latents = _options.Latents, K = _options.K, Seed = _options.Seed };
        using Dictionary dictionary = await _stages.RunAsync("train", relay => DictionaryTrainer.TrainAsync(
            training, recipe, Path.Combine(_options.Folder, "dictionary"), Stages.Relay.From<TrainProgress>(relay, at => (double)at.Step / at.Steps), _cancel)).ConfigureAwait(false);
        DictionaryEvaluation evaluation = await _stages.RunAsync("evaluate", relay => DictionaryEvaluator.Evaluate(
            dictionary, _model, heldOutStories, null, Stages.Relay.From<EvaluateProgress>(relay, at => (double)at.Sequences / at.Wanted), _cancel)).ConfigureAwait(false);

        using Dictionary untrained = DictionaryTrainer.Untrained(training, recipe, _cancel);
        IReadOnlyList<Population> populations = await _stages.RunAsync(
            "summarize", relay => new QuickstartPopulations(training, heldOut, _options.Seed, Directions).Gather(dictionary, untrained, relay, _cancel)).ConfigureAwait(false);
        List<PopulationScores> scores = await ScoreAsync(populations, training).ConfigureAwait(false);
        IReadOnlyList<LatentCard> cards = await _stages.RunAsync(
            "causal_scores", relay => new LatentCards(_model, dictionary, populations[0], _options).Make(scores[0], relay, _cancel)).ConfigureAwait(false);
        SteeringStudy steering = await _stages.RunAsync("steer", _ => LatentSteering.Study(_model, dictionary, cards, _cancel)).ConfigureAwait(false);
        StudyFiles.SaveTimes(_options.Folder, started);
        return Result(training, evaluation, scores, cards, steering);
    }

    private Task<ActivationStore> HarvestAsync(string stage, string folder, Corpus corpus, long tokens)
    {
        HarvestOptions harvest = new()
        {
            Hook = _hook,
            Tokens = tokens,
            LongDocuments = LongDocuments.Cut,
            Summary = new SummaryOptions { Seed = _options.Seed },
        };
        return _stages.RunAsync(stage, relay => Harvester.HarvestAsync(
            _model, corpus, Path.Combine(_options.Folder, folder), harvest, Stages.Relay.From<HarvestProgress>(relay, at => (double)at.Tokens / at.Wanted), _cancel));
    }

    private async Task<List<PopulationScores>> ScoreAsync(IReadOnlyList<Population> populations, ActivationStore training)
    {
        CorpusTokens tokens = CorpusTokens.Of(training);
        List<PopulationScores> scores = [];
        foreach (Population population in populations)
        {
            IExplainer[] explainers = [new PatternExplainer(_model, population.Units, tokens, new PatternOptions { Seed = _options.Seed }), new TokenTableExplainer(_model.Tokenizer)];
            PopulationOptions options = new() { Units = _options.Units, Seed = _options.Seed };
            PopulationScores scored = await _stages.RunAsync(
                $"explain_{population.Name}", relay => Populations.ScoreAsync(population, explainers, options, relay, _cancel)).ConfigureAwait(false);
            StudyFiles.SaveExplanations(_options.Folder, scored, _cancel);
            scores.Add(scored);
        }

        return scores;
    }

    private QuickstartResult Result(
        ActivationStore training, DictionaryEvaluation evaluation, List<PopulationScores> scores, IReadOnlyList<LatentCard> cards, SteeringStudy steering)
    {
        return new QuickstartResult
        {
            Model = _model.Name,
            Hook = _hook,
            Tokens = training.Rows,
            DIn = training.Manifest.Width,
            DSae = _options.Latents,
            K = _options.K,
            Seed = _options.Seed,
            L0 = evaluation.L0,
            VarianceExplained = evaluation.VarianceExplained,
            Ce = evaluation.Ce,
            CeZero = evaluation.CeZero,
            CeMean = evaluation.CeMean,
            CeSpliced = evaluation.CeSpliced,
            LossRecovered = evaluation.LossRecovered,
            LossRecoveredMean = evaluation.LossRecoveredMean,
            DeadFraction = evaluation.DeadFraction ?? double.NaN,
            Scores = scores.ToDictionary(
                population => population.Population,
                population => (IReadOnlyDictionary<string, ScoreSummary>)population.Explainers.Keys.ToDictionary(explainer => explainer, explainer => ScoreSummary.Of(population, explainer))),
            Comparisons = Comparisons.Of(scores, _options.Seed),
            Latents = cards,
            Steering = steering,
            Seconds = _stages.Seconds,
        };
    }
}
