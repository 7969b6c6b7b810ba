using Pellucid.Bench.Contests;
using Pellucid.Models;

namespace Pellucid.Bench.Cases.Gpt2;

/// <summary>Greedy decoding of GPT-2 small, batch 1, after a prompt of 64 tokens, against PyTorch with the same weights over the faster BLAS.</summary>
internal sealed class Gpt2Decode : BenchCase
{
    private const int Prompt = 64;
    private const int Count = 32;

    internal override string Name => "gpt2-decode";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        int[] prompt = [.. Gpt2Subject.Tokens(1, Prompt).Ids];
        Model model = Gpt2Subject.Model;
        List<IDisposable> started = [];
        Contender Torch(string name, string blas, string kind) => PythonBaseline.Contender(
            name, "gpt2_decode.py", blas, started, log, Gpt2Subject.WeightsFile, $"{Prompt}", $"{Count}", $"{Environment.ProcessorCount}", kind);
        try
        {
            return new Contest(
                this,
                new Contender("ours", "Model.GenerateSteps with its cache, float32 weights", () => Decoding.Play(model, prompt, Count, ids => ids.Sum())),
                [
                    Torch("pytorch-tuned", PythonBaseline.Blis, "linear"),
                    Torch("pytorch-openblas", PythonBaseline.OpenBlas, "linear"),
                    Torch("pytorch-addmv", PythonBaseline.OpenBlas, "vector"),
                ])
            {
                Rounds = AskedRounds ?? 9,
                Remark = "pytorch-tuned multiplies with addmm over BLIS, the faster BLAS for one row; pytorch-addmv is a model rewritten for batch 1",
            }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }
}
