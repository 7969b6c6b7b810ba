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
        IEnumerable<GenerationStep> steps = Steps(model, prompts, options);
        List<int>[] added = [.. prompts.Select(_ => new List<int>())];
        ContinuedText[] texts = options.StopTexts.Count == 0 ? [] : [.. prompts.Select(prompt => new ContinuedText(model, prompt[^1], options, skipSpecial: false))];
        string[] found = [.. prompts.Select(_ => "")];
        foreach (GenerationStep step in steps)
        {
            for (int i = 0; i < added.Length; i++)
            {
                if (texts.Length == 0 || !(texts[i].HasStopped || (added[i].Count > 0 && options.Stops(model, added[i][^1]))))
                {
                    added[i].Add(step.Ids[i]);
                    found[i] += texts.Length == 0 || options.Stops(model, step.Ids[i]) ? "" : texts[i].Next(step.Ids[i]);
                }
            }

            if (texts.Length > 0 && Array.TrueForAll(texts, text => text.HasStopped))
            {
                break;
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return [.. added.Select((ids, index) => Result(model, prompts[index][^1], ids, options, texts.Length == 0 ? null : found[index] + texts[index].End(), seconds))];
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
                    int next = samplers[i].Choose(run.Logits.Row(i), sequences[i]);
                    bool had = stopped[i];
                    stopped[i] |= options.Stops(model, next);
                    last[i] = had ? sequences[i][^1] : next; // stopped ones run on as ballast
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

    private static Generated Result(Model model, int previous, List<int> added, GenerateOptions options, string? text, double seconds)
    {
        int end = added.FindIndex(id => options.Stops(model, id));
        added = end < 0 ? added : added[..end];
        text ??= model.Tokenizer?.Decode(added, previous) ?? "";
        return new Generated(text, added, UsesCache(model, options), added.Count / Math.Max(seconds, 1e-9));
    }
}
