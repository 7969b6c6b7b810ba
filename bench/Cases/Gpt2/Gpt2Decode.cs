using Pellucid.Bench.Contests;
using Pellucid.Models;

namespace Pellucid.Bench.Cases.Gpt2;

/// <summary>
/// Greedy decoding of GPT-2 small, batch 1, after a prompt of 64 tokens, with weights stored as float32 or bfloat16, against PyTorch with the
/// same weights over the faster BLAS. Rounded weights may choose other tokens, so the bfloat16 case compares no check numbers.
/// </summary>
internal sealed class Gpt2Decode(bool narrow) : BenchCase
{
    private const int Prompt = 64;
    private const int Count = 32;

    internal override string Name => narrow ? "gpt2-decode-bf16" : "gpt2-decode";

    internal override string Unit => "tokens/s";

    internal override bool HigherIsBetter => true;

    internal override CaseResult Measure(Action<string> log)
    {
        int[] prompt = [.. Gpt2Subject.Tokens(1, Prompt).Ids];
        Model model = narrow ? Gpt2Subject.Narrow : Gpt2Subject.Model;
        List<IDisposable> started = [];
        Contender Torch(string name, string blas, string kind) => PythonBaseline.Contender(
            name, "gpt2_decode.py", blas, started, log, Gpt2Subject.WeightsFile, $"{Prompt}", $"{Count}", $"{Environment.ProcessorCount}", kind);
        Contender ours = new(
            "ours",
            $"Model.GenerateSteps with its cache, {(narrow ? "bfloat16" : "float32")} weights",
            () => Decoding.Play(model, prompt, Count, ids => narrow ? null : ids.Sum()));
        try
        {
            Contender[] baselines =
            [
                Torch("pytorch-tuned", PythonBaseline.Blis, "linear"),
                narrow ? Torch("pytorch-bf16", PythonBaseline.OpenBlas, "bf16") : Torch("pytorch-openblas", PythonBaseline.OpenBlas, "linear"),
                Torch("pytorch-addmv", PythonBaseline.OpenBlas, "vector"),
            ];
            return new Contest(this, ours, baselines)
            {
                Rounds = AskedRounds ?? 9,
                Remark = "pytorch-tuned multiplies with addmm over BLIS, the faster BLAS for one row, in float32; pytorch-addmv is a model rewritten for batch 1",
            }.Hold(log);
        }
        finally
        {
            started.ForEach(one => one.Dispose());
        }
    }
}
