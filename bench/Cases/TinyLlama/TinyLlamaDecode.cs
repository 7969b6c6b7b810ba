using Pellucid.Bench.Contests;
using Pellucid.Bench.Processes;
using Pellucid.Models;
using Pellucid.Tensors;

namespace Pellucid.Bench.Cases.TinyLlama;

/// <summary>
/// Greedy continuation of one sequence by TinyLlama, 64 tokens after a prompt of 64, against llama.cpp on the same file. The tokens need not agree: llama.cpp rounds
/// what enters its products to eight bits.
/// </summary>
internal sealed class TinyLlamaDecode(DType storage) : BenchCase
{
    private const int Prompt = 64;
    private const int Count = 64;

    internal override string Name => storage == DType.Q8 ? "tinyllama-decode" : "tinyllama-decode-bf16";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        Model model = TinyLlamaSubject.Open(storage);
        IReadOnlyList<int> text = model.Tokenize(string.Concat(Enumerable.Repeat("The old bridge over the river was built by hand, stone by stone, and ", 8)));
        int[] prompt = [.. text.Take(Prompt)];
        List<IDisposable> started = [];
        try
        {
            Contender ours = new(
                "ours", $"Model.GenerateSteps with its cache, {TinyLlamaSubject.Describe(storage)}", () => Decoding.Play(model, prompt, Count + 1, _ => null));
            return new Contest(this, ours, [LlamaCppBaseline.Contender(TinyLlamaSubject.File, prompt, Count, started)]) { Rounds = AskedRounds ?? 5, Warmup = 1 }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }
}
