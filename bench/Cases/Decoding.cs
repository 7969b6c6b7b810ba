using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Models;

namespace Pellucid.Bench.Cases;

/// <summary>Greedy continuation of one sequence as a caller does it, timed from the first new token to the last.</summary>
internal static class Decoding
{
    /// <summary>Generates up to a number of tokens; the seconds are those of one token, the prompt and the first token left out.</summary>
    internal static Turn Play(Model model, IReadOnlyList<int> prompt, int count, Func<List<int>, double?> check)
    {
        List<int> ids = [];
        long start = 0;
        foreach (GenerationStep step in model.GenerateSteps([prompt], new GenerateOptions { MaxTokens = count }))
        {
            start = ids.Count == 0 ? Stopwatch.GetTimestamp() : start;
            ids.Add(step.Ids[0]);
        }

        return new Turn(Stopwatch.GetElapsedTime(start).TotalSeconds / (ids.Count - 1), check(ids));
    }
}
