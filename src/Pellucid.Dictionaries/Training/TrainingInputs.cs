using Pellucid.Activations;
using Pellucid.Tensors;

namespace Pellucid.Dictionaries.Training;

/// <summary>
/// Everything that a training run depends on, with the recipe's open choices made: the content of <c>recipe.json</c>. A folder that was
/// begun with other inputs is told by it.
/// </summary>
internal sealed record TrainingInputs
{
    public required string Model { get; init; }

    public required string ModelHash { get; init; }

    public required string Hook { get; init; }

    public required string Corpus { get; init; }

    public required string CorpusHash { get; init; }

    public required string StoreHash { get; init; }

    public required int Width { get; init; }

    public required int Latents { get; init; }

    public required int K { get; init; }

    public required long Seed { get; init; }

    public required long Tokens { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    public required double WarmUp { get; init; }

    public required double Decay { get; init; }

    public required int AuxK { get; init; }

    public required double AuxCoefficient { get; init; }

    public required long DeadAfterTokens { get; init; }

    public required double? ClipGradientNorm { get; init; }

    public required double Beta1 { get; init; }

    public required double Beta2 { get; init; }

    public required double AdamEpsilon { get; init; }

    public required long MaxBufferBytes { get; init; }

    public required string InstructionSet { get; init; }

    internal long Steps => Tokens / BatchSize;

    /// <summary>Makes the choices that a recipe leaves open, and refuses what cannot be trained.</summary>
    /// <exception cref="PellucidException">A number is out of range, or the store too small.</exception>
    internal static TrainingInputs Resolve(ActivationStore store, TopKRecipe recipe)
    {
        StoreManifest manifest = store.Manifest;
        Check(store, recipe);
        long tokens = recipe.Tokens ?? (long)Math.Round((recipe.Epochs ?? 6) * store.Rows);
        int batch = recipe.BatchSize ?? Math.Clamp(NearestPowerOfTwo(tokens / 4000.0), 64, 4096);
        batch = (int)Math.Min(batch, store.Rows);
        if (tokens < batch)
        {
            throw new PellucidException($"A run over {tokens} rows has no step of {batch}. Give more tokens or epochs, or a smaller batch.");
        }

        return new TrainingInputs
        {
            Model = manifest.Model,
            ModelHash = manifest.ModelHash,
            Hook = manifest.Hook,
            Corpus = manifest.Corpus,
            CorpusHash = manifest.CorpusHash,
            StoreHash = StoreHashes.Of(manifest),
            Width = manifest.Width,
            Latents = recipe.Latents,
            K = recipe.K,
            Seed = recipe.Seed,
            Tokens = tokens,
            BatchSize = batch,
            LearningRate = recipe.LearningRate ?? 1e-3 / Math.Sqrt(recipe.Latents / 16384.0),
            WarmUp = recipe.WarmUp,
            Decay = recipe.Decay,
            AuxK = Math.Min(recipe.AuxK ?? NearestPowerOfTwo(manifest.Width / 2.0), recipe.Latents),
            AuxCoefficient = recipe.AuxCoefficient,
            DeadAfterTokens = recipe.DeadAfterTokens ?? Math.Max(1, Math.Min(10_000_000, tokens / 20)),
            ClipGradientNorm = recipe.ClipGradientNorm,
            Beta1 = recipe.Beta1,
            Beta2 = recipe.Beta2,
            AdamEpsilon = recipe.AdamEpsilon,
            MaxBufferBytes = recipe.MaxBufferBytes,
            InstructionSet = Processor.InstructionSet.ToString().ToLowerInvariant(),
        };
    }

    /// <summary>Learning rate of a step, 0 to <see cref="Steps"/> − 1.</summary>
    internal double RateAt(long step)
    {
        double warmUp = Math.Floor(WarmUp * Steps), decay = Math.Floor(Decay * Steps);
        double rising = step < warmUp ? (step + 1) / (warmUp + 1) : 1;
        double falling = Steps - step <= decay ? (Steps - step) / (decay + 1) : 1;
        return LearningRate * Math.Min(rising, falling);
    }

    private static int NearestPowerOfTwo(double value) => 1 << Math.Clamp((int)Math.Round(Math.Log2(Math.Max(value, 1))), 0, 30);

    private static void Check(ActivationStore store, TopKRecipe recipe)
    {
        string? problem = recipe switch
        {
            { Latents: < 1 } => $"{recipe.Latents} latents; at least 1 is needed",
            _ when recipe.K < 1 || recipe.K > recipe.Latents => $"k {recipe.K} with {recipe.Latents} latents; 1 to {recipe.Latents} is possible",
            _ when recipe.Latents > store.Rows => $"{recipe.Latents} latents from {store.Rows} tokens; harvest more tokens or ask for fewer latents",
            { Epochs: not null, Tokens: not null } => "both epochs and tokens; give one of them",
            { Epochs: not (null or (> 0 and < 1e6)) } => $"{recipe.Epochs} epochs; a positive number is needed",
            { Tokens: < 1 } => $"{recipe.Tokens} tokens; at least 1 is needed",
            { BatchSize: < 1 or > 1 << 20 } => $"batches of {recipe.BatchSize}; 1 to {1 << 20} is possible",
            { LearningRate: not (null or (> 0 and < 1e3)) } => $"a learning rate of {recipe.LearningRate}; a positive number is needed",
            _ when recipe is not { WarmUp: >= 0 and <= 1, Decay: >= 0 and <= 1 } => $"a warm-up of {recipe.WarmUp} and a decay of {recipe.Decay}; shares of the run, 0 to 1, are needed",
            { AuxK: < 0 } or { AuxCoefficient: not (>= 0 and < 1e6) } => $"auxiliary latents {recipe.AuxK} with weight {recipe.AuxCoefficient}; numbers from 0 are needed",
            { DeadAfterTokens: < 1 } => $"latents dead after {recipe.DeadAfterTokens} tokens; at least 1 is needed",
            { ClipGradientNorm: not (null or > 0) } => $"gradients clipped at {recipe.ClipGradientNorm}; a positive number is needed",
            _ when recipe is not { Beta1: >= 0 and < 1, Beta2: >= 0 and < 1, AdamEpsilon: > 0 } =>
                $"Adam with betas {recipe.Beta1} and {recipe.Beta2} and epsilon {recipe.AdamEpsilon}; betas from 0 to under 1 and a positive epsilon are needed",
            { CheckpointEverySteps: < 1 } => $"a checkpoint every {recipe.CheckpointEverySteps} steps; at least 1 is needed",
            { MaxBufferBytes: < 1 } => $"a buffer of {recipe.MaxBufferBytes} bytes; at least 1 is needed",
            _ => null,
        };
        if (problem is not null)
        {
            throw new PellucidException($"The recipe asks for {problem}.");
        }
    }
}
