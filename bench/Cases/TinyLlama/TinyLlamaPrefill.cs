using System.Diagnostics;
using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases.TinyLlama;

/// <summary>TinyLlama reads a prompt of 512 tokens into its cache, up to the first new token, against llama.cpp on the same file.</summary>
internal sealed class TinyLlamaPrefill(DType storage) : BenchCase
{
    private const int Prompt = 512;

    internal override string Name => storage == DType.Q8 ? "tinyllama-prefill" : "tinyllama-prefill-bf16";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        Model model = TinyLlamaSubject.Open(storage);
        int[] prompt = [1, .. Enumerable.Range(1, Prompt - 1).Select(i => (int)(i * 7919L % model.Config.Vocabulary))];
        List<IDisposable> started = [];
        try
        {
            Contender ours = new("ours", $"Model.GenerateSteps up to the first token, {TinyLlamaSubject.Describe(storage)}", () => Play(model, prompt));
            return new Contest(this, ours, [LlamaCppBaseline.Contender(TinyLlamaSubject.File, prompt, 0, started)]) { Rounds = AskedRounds ?? 5, Warmup = 1, Work = Prompt }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }

    private static Turn Play(Model model, int[] prompt)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (GenerationStep step in model.GenerateSteps([prompt], new GenerateOptions { MaxTokens = 1 }))
        {
            _ = step.Ids[0];
        }

        return new Turn(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
