using System.Diagnostics;
using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>Continues sequences of equal length together, one token a pass, each with its own random stream.</summary>
internal static class Generator
{
    internal static IReadOnlyList<Generated> Generate(Model model, IReadOnlyList<IReadOnlyList<int>> prompts, GenerateOptions options)
    {
        TokenBatch batch = TokenBatch.From(prompts);
        if (batch.Lengths.Any(length => length != batch.Positions))
        {
            throw new PellucidException("Prompts that are continued together must have equal numbers of tokens.");
        }

        long started = Stopwatch.GetTimestamp();
        bool useCache = options.UseCache && !model.Interventions.Any(intervention => intervention.NeedsWholeSequence);
        int steps = Math.Min(options.MaxTokens, model.Config.Context - batch.Positions);
        List<int>[] sequences = [.. prompts.Select(prompt => prompt.ToList())];
        Continue(model, options, sequences, steps, useCache);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return [.. sequences.Select(sequence => Result(model, sequence, batch.Positions, useCache, seconds))];
    }

    private static void Continue(Model model, GenerateOptions options, List<int>[] sequences, int steps, bool useCache)
    {
        TokenSampler[] samplers = [.. sequences.Select((_, index) => new TokenSampler(options, index))];
        bool[] stopped = new bool[sequences.Length];
        int prompt = sequences[0].Count;
        using KeyValueCache? cache = useCache ? new KeyValueCache(model.Config, sequences.Length, prompt + Math.Max(steps, 0)) : null;
        RunOptions runOptions = new() { Logits = LogitsWanted.Last, CancellationToken = options.CancellationToken };
        for (int step = 0; step < steps && !stopped.All(flag => flag); step++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            TokenBatch tokens = TokenBatch.From(useCache && step > 0 ? [.. sequences.Select(s => (int[])[s[^1]])] : sequences);
            using Run run = model.Run(tokens, runOptions, cache);
            for (int i = 0; i < sequences.Length; i++)
            {
                int next = samplers[i].Choose(run.Logits.Row(i));
                stopped[i] |= model.Config.StopIds.Contains(next);
                sequences[i].Add(stopped[i] ? model.Config.StopIds.FirstOrDefault() : next); // stopped ones run on as ballast
            }
        }
    }

    private static Generated Result(Model model, List<int> sequence, int prompt, bool usedCache, double seconds)
    {
        List<int> added = sequence[prompt..];
        int end = added.FindIndex(model.Config.StopIds.Contains);
        added = end < 0 ? added : added[..end];
        string text = model.Tokenizer?.Decode(added, sequence[prompt - 1]) ?? "";
        return new Generated(text, added, usedCache, added.Count / Math.Max(seconds, 1e-9));
    }
}
