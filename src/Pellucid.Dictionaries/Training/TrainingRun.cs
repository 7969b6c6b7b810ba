using System.Globalization;
using System.Text.Json;
using Pellucid.Activations;
using Pellucid.Dictionaries.Files;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.Dictionaries.Training;

/// <summary>One training run in one folder, from its beginning or from its checkpoint.</summary>
internal sealed class TrainingRun(ActivationStore store, TopKRecipe recipe, string folder)
{
    private const string InputsName = "recipe.json";
    private const int SampleRows = 4096;

    private readonly TrainingInputs _inputs = TrainingInputs.Resolve(store, recipe);

    internal Dictionary Execute(IProgress<TrainProgress>? progress, CancellationToken cancellationToken)
    {
        RequireSameInputs();
        if (IsFinished())
        {
            return Dictionary.Load(folder);
        }

        StoreMoments moments = StoreMoments.Of(store, cancellationToken);
        using RowStream stream = new(store, _inputs.Seed, _inputs.MaxBufferBytes);
        using TopKParameters parameters = Begin(stream);
        TrainingLog log = new(_inputs, moments.Variance);
        Train(parameters, stream, log, moments.Variance, progress, cancellationToken);
        return Finish(parameters, log, moments, cancellationToken);
    }

    internal Dictionary Untrained(CancellationToken cancellationToken)
    {
        StoreMoments moments = StoreMoments.Of(store, cancellationToken);
        using RowStream stream = new(store, _inputs.Seed, _inputs.MaxBufferBytes);
        using TopKParameters parameters = Begin(stream);
        return parameters.ToDictionary(Config(), moments.Mean);
    }

    private TopKParameters Begin(RowStream stream)
    {
        using Tensor sample = Tensor.Empty(new Shape((int)Math.Min(SampleRows, store.Rows), _inputs.Width));
        stream.Read(0, sample);
        return TopKParameters.Initial(_inputs.Latents, GeometricMedian.Of(sample), _inputs.Seed);
    }

    private void Train(
        TopKParameters parameters, RowStream stream, TrainingLog log, double variance, IProgress<TrainProgress>? progress, CancellationToken cancellationToken)
    {
        long step = 0;
        if (TrainingCheckpoint.Load(folder, parameters, _inputs) is { } state)
        {
            step = state.Step;
            log.Restore(state);
        }

        using TopKStep work = new(parameters, Options(variance));
        using Tensor batch = Tensor.Empty(new Shape(_inputs.BatchSize, _inputs.Width));
        while (step < _inputs.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                work.Flush();
                Save(parameters, log, step);
                cancellationToken.ThrowIfCancellationRequested();
            }

            stream.Read(step * _inputs.BatchSize, batch);
            StepMeasures measures = work.ComputeGradients(batch);
            if (!double.IsFinite(measures.Loss))
            {
                throw new PellucidException($"Training diverged: the loss of step {step + 1} is {measures.Loss}. Train again with a learning rate below {_inputs.LearningRate:G3}.");
            }

            work.Update(_inputs.RateAt(step), ++step);
            if (log.Add(step, measures) is { } means)
            {
                progress?.Report(means);
            }

            if (step % recipe.CheckpointEverySteps == 0 && step < _inputs.Steps)
            {
                work.Flush();
                Save(parameters, log, step);
            }
        }

        work.Flush();
    }

    /// <summary>Writes what was trained. The config comes last of all files, and the checkpoint goes only after it.</summary>
    private Dictionary Finish(TopKParameters parameters, TrainingLog log, StoreMoments moments, CancellationToken cancellationToken)
    {
        Save(parameters, log, _inputs.Steps);
        using Dictionary trained = parameters.ToDictionary(Config(), moments.Mean);
        UnitSummary statistics = store.Summarize(trained.Latents, new SummaryOptions { Seed = _inputs.Seed }, cancellationToken: cancellationToken);
        Dictionary result = trained.With(statistics, NewProvenance());
        result.Save(folder);
        File.Delete(Path.Combine(folder, TrainingCheckpoint.FileName));
        return result;
    }

    private void Save(TopKParameters parameters, TrainingLog log, long step)
    {
        TrainingCheckpoint.Save(folder, parameters, new CheckpointState { Step = step, Sums = log.Sums, Lines = log.Lines });
        log.Write(folder);
    }

    private bool IsFinished() =>
        File.Exists(Path.Combine(folder, Dictionary.ConfigName)) && !File.Exists(Path.Combine(folder, TrainingCheckpoint.FileName));

    /// <summary>A folder that was begun with other inputs, or that holds a dictionary from elsewhere, is refused before anything is written.</summary>
    private void RequireSameInputs()
    {
        string path = Path.Combine(folder, InputsName);
        string inputs = JsonSerializer.Serialize(_inputs, DictionariesJson.Default.TrainingInputs) + "\n";
        if (!File.Exists(path))
        {
            if (File.Exists(Path.Combine(folder, Dictionary.ConfigName)))
            {
                throw new PellucidException($"Folder '{folder}' holds a dictionary that was not trained here. Choose another folder.");
            }

            AtomicFile.WriteAllText(path, inputs);
        }
        else if (File.ReadAllText(path) != inputs)
        {
            throw new PellucidException($"Folder '{folder}' was begun with another store or recipe (see its {InputsName}). Choose another folder, or remove it.");
        }
    }

    private StepOptions Options(double variance) => new()
    {
        K = _inputs.K,
        AuxK = _inputs.AuxK,
        AuxCoefficient = _inputs.AuxCoefficient,
        LossScale = 1 / variance,
        DeadAfterTokens = _inputs.DeadAfterTokens,
        ClipNorm = _inputs.ClipGradientNorm,
        Beta1 = _inputs.Beta1,
        Beta2 = _inputs.Beta2,
        AdamEpsilon = _inputs.AdamEpsilon,
        PostponeUpdates = true,
    };

    private DictionaryConfig Config() => new()
    {
        Architecture = DictionaryConfig.TopK,
        DIn = _inputs.Width,
        DSae = _inputs.Latents,
        K = _inputs.K,
        Metadata = new DictionaryMetadata
        {
            ModelName = _inputs.Model,
            HookName = _inputs.Hook,
            PrependBos = store.Manifest.BosLeftOut,
        },
    };

    private Provenance NewProvenance()
    {
        JsonElement options = JsonSerializer.SerializeToElement(_inputs, DictionariesJson.Default.TrainingInputs);
        string[] elsewhere = ["model", "model_hash", "hook", "store_hash", "seed", "instruction_set"];
        Provenance provenance = new()
        {
            Model = _inputs.Model,
            ModelHash = _inputs.ModelHash,
            Processing = store.Manifest.Processing,
            Hook = _inputs.Hook,
            DataHash = _inputs.StoreHash,
            Seed = _inputs.Seed,
            Bos = store.Manifest.BosLeftOut ? BosPolicy.PrependedAndLeftOut : BosPolicy.None,
            InstructionSet = _inputs.InstructionSet,
        };
        return provenance with
        {
            Options = provenance.Options.AddRange(options.EnumerateObject()
                .Where(property => !elsewhere.Contains(property.Name))
                .Select(property => KeyValuePair.Create(property.Name, property.Value.ToString())))
                .Add("recipe", "topk")
                .Add("steps", _inputs.Steps.ToString(CultureInfo.InvariantCulture)),
        };
    }
}
