using System.Text.Json;
using Pellucid.Activations;
using Pellucid.Dictionaries.Evaluation;
using Pellucid.Dictionaries.Files;
using Pellucid.Dictionaries.Recovery;
using Pellucid.GroundTruth;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries;

/// <summary>
/// Plants directions at several difficulties and seeds, trains a TopK dictionary on each, and measures what it recovered, beside principal
/// components and random directions. A study that was stopped goes on where it was when it is called again with the same folder.
/// </summary>
public sealed class RecoveryStudy
{
    private const long RandomStream = 0x4A2D;
    private const long BootstrapStream = 0xB007;

    private readonly RecoveryOptions _options;

    private RecoveryStudy(RecoveryOptions options) => _options = options;

    /// <summary>Runs a study.</summary>
    /// <param name="options">What it does.</param>
    /// <param name="progress">Told as it goes.</param>
    /// <param name="cancellationToken">Stops within a training step.</param>
    /// <returns>A row a setting, in their order.</returns>
    /// <exception cref="PellucidException">A setting asks for the impossible, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Task<IReadOnlyList<RecoveryRow>> RunAsync(
        RecoveryOptions options, IProgress<RecoveryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        options is { Seeds: >= 1, Resamples: >= 1, Settings.Count: >= 1 }
            ? Task.Run(() => new RecoveryStudy(options).RunAsync(progress, cancellationToken), cancellationToken)
            : throw new PellucidException(
                $"A study of {options.Settings.Count} settings, {options.Seeds} seeds and {options.Resamples} resamples cannot be run; at least 1 of each is needed.");

    private async Task<IReadOnlyList<RecoveryRow>> RunAsync(IProgress<RecoveryProgress>? progress, CancellationToken cancellationToken)
    {
        RecoveryConditions[] conditions = [.. _options.Settings.Select(RecoveryConditions.Of)]; // refuses what cannot be planted before any work
        Directory.CreateDirectory(_options.Folder);
        List<RecoveryRow> rows = [];
        int done = 0, wanted = _options.Settings.Count * _options.Seeds;
        foreach ((int index, RecoverySetting setting) in _options.Settings.Index())
        {
            List<RecoveryCell> cells = [];
            for (int seed = 0; seed < _options.Seeds; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new RecoveryProgress(setting.Name, (double)done / wanted));
                cells.Add(await CellAsync(setting with { Planted = setting.Planted with { Seed = _options.Seed + seed } }, cancellationToken).ConfigureAwait(false));
                done++;
            }

            rows.Add(new RecoveryRow(
                setting, conditions[index], cells.Average(cell => cell.VarianceExplained),
                Score([.. cells.Select(cell => cell.Dictionary)]), Score([.. cells.Select(cell => cell.Pca)]), Score([.. cells.Select(cell => cell.Random)])));
        }

        progress?.Report(new RecoveryProgress("", 1));
        return rows;
    }

    private async Task<RecoveryCell> CellAsync(RecoverySetting setting, CancellationToken cancellationToken)
    {
        string name = $"{setting.Name}-seed-{setting.Planted.Seed}", file = Path.Combine(_options.Folder, name + ".json"), work = Path.Combine(_options.Folder, name);
        if (Kept(file, setting) is { } kept)
        {
            return kept;
        }

        RecoveryCell cell;
        using (PlantedActivations planted = new(setting.Planted))
        using (ActivationStore store = await PlantedStore.WriteAsync(planted, setting.Tokens, Path.Combine(work, "store"), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            TopKRecipe recipe = new() { Latents = setting.Latents, K = setting.K, Epochs = setting.Epochs, Seed = setting.Planted.Seed };
            using Dictionary dictionary = await DictionaryTrainer.TrainAsync(store, recipe, Path.Combine(work, "dictionary"), null, cancellationToken).ConfigureAwait(false);
            cell = Measure(setting, planted, store, dictionary, cancellationToken);
        }

        AtomicFile.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(cell, DictionariesJson.Default.RecoveryCell));
        Directory.Delete(work, recursive: true);
        return cell;
    }

    private static RecoveryCell Measure(
        RecoverySetting setting, PlantedActivations planted, ActivationStore store, Dictionary dictionary, CancellationToken cancellationToken)
    {
        DirectionRecovery found = DirectionRecovery.Measure(planted.Directions, dictionary.WDec);
        double[] live = [.. found.FoundMaxCosines.Where((_, latent) => dictionary.Statistics!.ActiveTokens(latent) > 0)];
        using Tensor components = PrincipalComponents.Of(store, cancellationToken);
        using Tensor random = RandomDirections(setting.Latents, setting.Planted.Width, setting.Planted.Seed);
        return new RecoveryCell(
            setting,
            Processor.InstructionSet.ToString().ToLowerInvariant(),
            VarianceExplained(store, dictionary),
            RecoveredDirections.Of(found) with { FoundMmcs = live.DefaultIfEmpty().Average() },
            RecoveredDirections.Of(DirectionRecovery.Measure(planted.Directions, components, eitherSign: true)),
            RecoveredDirections.Of(DirectionRecovery.Measure(planted.Directions, random)));
    }

    /// <summary>On the first shard of what it was trained on: whether it reconstructs says little of whether it recovered.</summary>
    private static double VarianceExplained(ActivationStore store, Dictionary dictionary)
    {
        using StoreShard rows = store.ReadShard(0);
        using Ops ops = new();
        Tensor error = ops.Subtract(rows.Activations, dictionary.Reconstruct(ops, rows.Activations));
        double squares = SumOfSquares(error.AsSpan()) / rows.Activations.Shape[0];
        return 1 - (squares / Enumerable.Range(0, store.Manifest.Width).Sum(store.Summary.Variance));
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static Tensor RandomDirections(int count, int width, long seed)
    {
        SeededRandom random = new(seed, RandomStream);
        Tensor directions = Tensor.Empty(new Shape(count, width));
        foreach (ref float value in directions.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        return directions;
    }

    private static RecoveryCell? Kept(string file, RecoverySetting setting)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            RecoveryCell cell = JsonSerializer.Deserialize(File.ReadAllBytes(file), DictionariesJson.Default.RecoveryCell) ?? throw new JsonException("null");
            return IsSame(cell.Setting, setting) && cell.InstructionSet == Processor.InstructionSet.ToString().ToLowerInvariant()
                ? cell
                : throw new PellucidException($"'{file}' is of another study. Choose another folder, or remove it.");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new BadFileException(file, $"it is no part of a recovery study ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Remove it", error);
        }
    }

    /// <summary>By content: a correlation matrix that was read is another list.</summary>
    private static bool IsSame(RecoverySetting left, RecoverySetting right) => JsonSerializer.SerializeToUtf8Bytes(left, DictionariesJson.Default.RecoverySetting)
        .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, DictionariesJson.Default.RecoverySetting));

    private RecoveryScore Score(RecoveredDirections[] seeds)
    {
        double[] cosines = [.. seeds.SelectMany(seed => seed.MaxCosines)];
        double[] recovered = [.. cosines.Select(cosine => cosine >= DirectionRecovery.Threshold ? 1.0 : 0)];
        return new RecoveryScore(
            cosines.Average(), Bootstrap(cosines), [.. seeds.Select(seed => seed.MaxCosines.Average())], seeds.Average(seed => seed.FoundMmcs),
            recovered.Average(), Bootstrap(recovered), seeds.Average(seed => seed.MatchedMean));
    }

    private Interval Bootstrap(double[] values)
    {
        SeededRandom random = new(_options.Seed, BootstrapStream);
        double[] means = new double[_options.Resamples];
        for (int i = 0; i < means.Length; i++)
        {
            double sum = 0;
            for (int draw = 0; draw < values.Length; draw++)
            {
                sum += values[random.NextInt(values.Length)];
            }

            means[i] = sum / values.Length;
        }

        Array.Sort(means);
        return new Interval(means[(int)(0.025 * (means.Length - 1))], means[(int)Math.Ceiling(0.975 * (means.Length - 1))]);
    }
}
