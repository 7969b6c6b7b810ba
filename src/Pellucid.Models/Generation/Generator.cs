using System.Diagnostics;
using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>Continues sequences of equal length together, one token a pass, each with its own random stream.</summary>
internal static class Generator
{
    internal static IReadOnlyList<Generated> Generate(Model model, IReadOnlyList<IReadOnlyList<int>> prompts, GenerateOptions options)
    {
        long started = Stopwatch.GetTimestamp();
        List<int>[] added = [.. prompts.Select(_ => new List<int>())];
        foreach (GenerationStep step in Steps(model, prompts, options))
        {
            for (int i = 0; i < added.Length; i++)
            {
                added[i].Add(step.Ids[i]);
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return [.. added.Select((ids, index) => Result(model, prompts[index][^1], ids, UsesCache(model, options), seconds))];
    }

    /// <summary>Checks at once, then runs as far as it is enumerated.</summary>
    internal static IEnumerable<GenerationStep> Steps(Model model, IReadOnlyList<IReadOnlyList<int>> prompts, GenerateOptions options)
    {
        options.Check();
        model.Config.RequirePredictions($"Generation with model '{model.Name}'");
        if (!model.Config.IsCausal)
        {
            throw new PellucidException(
                $"Model '{model.Name}' attends both ways: each token that is added would change what came before it, so it cannot generate. Run it on whole sequences.");
        }

        TokenBatch batch = TokenBatch.From(prompts);
        if (batch.Lengths.Any(length => length != batch.Positions))
        {
            throw new PellucidException("Prompts that are continued together must have equal numbers of tokens.");
        }

        model.CheckTokens(batch, 0);
        int steps = Math.Min(options.MaxTokens, model.Config.Context - batch.Positions);
        return Continue(model, options, [.. prompts.Select(prompt => prompt.ToList())], steps);
    }

    private static bool UsesCache(Model model, GenerateOptions options) => options.UseCache
        && !model.Interventions.Any(intervention => intervention.NeedsWholeSequence || intervention.SpansPositions(model.Hooks[intervention.Hook]));

    private static IEnumerable<GenerationStep> Continue(Model model, GenerateOptions options, List<int>[] sequences, int steps)
    {
        TokenSampler[] samplers = [.. sequences.Select((_, index) => new TokenSampler(options, index))];
        bool[] stopped = new bool[sequences.Length];
        int prompt = sequences[0].Count;
        int[]? last = null;
        using KeyValueCache? cache = UsesCache(model, options) ? new KeyValueCache(model.Config, sequences.Length, prompt + steps) : null;
        RunOptions runOptions = new() { Logits = LogitsWanted.Last, CancellationToken = options.CancellationToken };
        Run? run = null;
        try
        {
            for (int step = 0; step < steps && Array.IndexOf(stopped, false) >= 0; step++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                TokenBatch tokens = cache is not null && last is not null ? TokenBatch.OneEach(last) : TokenBatch.From(sequences);
                run = model.Run(tokens, runOptions, cache, prompt, run);
                last = new int[sequences.Length];
                for (int i = 0; i < sequences.Length; i++)
                {
                    int next = samplers[i].Choose(run.Logits.Row(i));
                    stopped[i] |= model.Config.StopIds.Contains(next);
                    last[i] = stopped[i] ? model.Config.StopIds[0] : next; // stopped ones run on as ballast
                    sequences[i].Add(last[i]);
                }

                yield return new GenerationStep(prompt + step, last, run.Logits);
            }
        }
        finally
        {
            run?.Dispose();
        }
    }

    private static Generated Result(Model model, int previous, List<int> added, bool usedCache, double seconds)
    {
        int end = added.FindIndex(model.Config.StopIds.Contains);
        added = end < 0 ? added : added[..end];
        string text = model.Tokenizer?.Decode(added, previous) ?? "";
        return new Generated(text, added, usedCache, added.Count / Math.Max(seconds, 1e-9));
    }
}
