using System.Diagnostics;
using Pellucid.Models.Networks;
using Pellucid.Tensors;

namespace Pellucid.Models.Generation;

/// <summary>
/// Continues sequences together, one token a pass, each with its own random stream. Shorter ones are padded in front; since nothing sees padding and
/// positions are counted without it, each goes on as it would alone.
/// </summary>
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
                if (added[i].Count < Room(model, prompts[i], options))
                {
                    added[i].Add(step.Ids[i]);
                }
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

        TokenBatch batch = TokenBatch.From(prompts, new BatchOptions { Padding = PaddingSide.Left });
        model.CheckTokens(batch, 0);
        return Continue(model, options, batch, [.. prompts.Select(prompt => prompt.ToList())]);
    }

    /// <summary>Most tokens that a sequence can go on for.</summary>
    private static int Room(Model model, IReadOnlyList<int> prompt, GenerateOptions options) => Math.Min(options.MaxTokens, model.Config.Context - prompt.Count);

    private static bool UsesCache(Model model, GenerateOptions options) => options.UseCache && !model.Config.AnglesDependOnLength
        && !model.Interventions.Any(intervention => intervention.NeedsWholeSequence || intervention.SpansPositions(model.Hooks[intervention.Hook]));

    private static IEnumerable<GenerationStep> Continue(Model model, GenerateOptions options, TokenBatch prompts, List<int>[] sequences)
    {
        TokenSampler[] samplers = [.. sequences.Select((_, index) => new TokenSampler(options, index))];
        int[] room = [.. sequences.Select(sequence => Room(model, sequence, options))];
        bool[] ended = [.. room.Select(left => left == 0)];
        (int columns, int steps) = (prompts.Positions, room.Max());
        int[] first = [.. prompts.FirstColumns];
        int[]? last = null;
        using KeyValueCache? cache = UsesCache(model, options) ? new KeyValueCache(model.Config, sequences.Length, columns + steps) : null;
        RunOptions runOptions = new() { Logits = LogitsWanted.Last, CancellationToken = options.CancellationToken };
        Run? run = null;
        try
        {
            for (int step = 0; step < steps && Array.IndexOf(ended, false) >= 0; step++)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                TokenBatch tokens = last is null ? prompts
                    : cache is not null ? TokenBatch.OneEach(last, first)
                    : TokenBatch.EndingAt([.. sequences.Select((sequence, i) => ended[i] ? [last[i]] : sequence)], columns + step);
                run = model.Run(tokens, runOptions, cache, columns, run);
                last = last is null ? new int[sequences.Length] : [.. last];
                first = [.. first];
                for (int i = 0; i < sequences.Length; i++)
                {
                    if (!ended[i])
                    {
                        int next = samplers[i].Choose(run.Logits.Row(i));
                        bool stops = model.Config.StopIds.Contains(next);
                        last[i] = stops ? model.Config.StopIds[0] : next;
                        sequences[i].Add(last[i]);
                        ended[i] = stops || step + 1 == room[i];
                    }

                    first[i] = ended[i] ? columns + step : first[i]; // one that has ended runs on as ballast of one token
                }

                yield return new GenerationStep(prompts.Positions + step, last, run.Logits);
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
